#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A pipe that ends a wait from another thread, and the wait itself.
final class WakePipe: Sendable {
    private let reading: Int32
    private let writing: Int32

    init?() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        (reading, writing) = (ends[0], ends[1])
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
    }

    deinit {
        close(reading)
        close(writing)
    }

    func wake() {
        var byte: UInt8 = 1
        // A full pipe wakes as well.
        _ = write(writing, &byte, 1)
    }

    /// Waits until a peer hangs up, the pipe is written to or time is over; gives the places of those who hung up.
    func hungUp(among descriptors: [Int32], milliseconds: Int32) -> [Int] {
        var polled = descriptors.map { pollfd(fd: $0, events: Self.hangUp, revents: 0) }
        polled.append(pollfd(fd: reading, events: Int16(POLLIN), revents: 0))
        guard poll(&polled, nfds_t(polled.count), milliseconds) > 0 else { return [] }
        if polled[descriptors.count].revents != 0 { drain() }
        return descriptors.indices.filter { polled[$0].revents != 0 }
    }

    private func drain() {
        var buffer = [UInt8](repeating: 0, count: 64)
        while read(reading, &buffer, buffer.count) > 0 {}
    }

    #if os(Linux)
    /// POLLRDHUP, which the header shows to GNU sources only: the peer has closed its side.
    private static let hangUp: Int16 = 0x2000
    #else
    private static let hangUp = Int16(POLLHUP)
    #endif
}
