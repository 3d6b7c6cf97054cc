import Clock
import Logging
import Threads

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The systemd that started this program, which learns what it is doing (sd_notify(3), `Type=notify`).
///
/// Each state is a datagram on the socket of `NOTIFY_SOCKET`; without that variable nothing is sent.
struct SystemdNotifier: Sendable {
    /// A path, or `@` and a name that is in no directory.
    private let socketName: String?
    /// Within which a sign of life has to come; nil where none is waited for.
    private let watchdog: Duration?
    private let log: Log

    init(in environment: [String: String], log: Log) {
        socketName = environment["NOTIFY_SOCKET"].flatMap { ["/", "@"].contains($0.prefix(1)) ? $0 : nil }
        let isOurs = environment["WATCHDOG_PID"].map { pid_t($0) == getpid() } ?? true
        let period = environment["WATCHDOG_USEC"].flatMap { Int64($0) } ?? 0
        watchdog = isOurs && period > 0 ? .microseconds(period) : nil
        self.log = log
    }

    /// Requests are taken at this address; signs of life begin where they are waited for.
    func isReady(at address: String) {
        notify("READY=1\nSTATUS=Serving at \(address)")
        guard socketName != nil, let watchdog else { return }
        Task(executorPreference: WorkerPool.shared) {
            while !Task.isCancelled {
                notify("WATCHDOG=1")
                try? await SystemClock.sleep(for: watchdog / 2)
            }
        }
    }

    /// Settings are read again while `body` runs.
    func reloads(_ body: () -> Void) {
        notify("RELOADING=1\nMONOTONIC_USEC=\(Self.monotonicMicroseconds)")
        body()
        notify("READY=1")
    }

    /// No new work is taken.
    func stops() { notify("STOPPING=1\nSTATUS=Finishing calls") }

    private static var monotonicMicroseconds: Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int(time.tv_sec) * 1_000_000 + Int(time.tv_nsec) / 1000
    }

    private func notify(_ state: String) {
        guard let socketName else { return }
        #if canImport(Glibc)
        let kind = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        #else
        let kind = SOCK_DGRAM
        #endif
        let descriptor = socket(AF_UNIX, kind, 0)
        defer { close(descriptor) }
        if descriptor >= 0, Self.post(Array(state.utf8), to: socketName, from: descriptor) { return }
        log.warning("systemd was not reached", ("socket", socketName), ("error", String(cString: strerror(errno))))
    }

    private static func post(_ state: [UInt8], to socketName: String, from descriptor: Int32) -> Bool {
        var name = Array(socketName.utf8)
        if name.first == UInt8(ascii: "@") { name[0] = 0 }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard name.count < room else {
            errno = ENAMETOOLONG
            return false
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        // A name that is in no directory ends where the address does.
        let size = socklen_t(MemoryLayout<sockaddr_un>.size - room + name.count)
        let sent = withUnsafeBytes(of: &address) { bytes in
            bytes.baseAddress.map { place in
                sendto(descriptor, state, state.count, 0, place.assumingMemoryBound(to: sockaddr.self), size)
            }
        }
        return sent == state.count
    }
}
