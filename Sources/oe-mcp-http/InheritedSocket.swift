#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A socket that systemd listens on for this program, and hands over when it starts (sd_listen_fds(3)).
enum InheritedSocket {
    /// The first that systemd hands over.
    private static let first: Int32 = 3

    /// Nil where none was handed over to this process.
    static func descriptor(in environment: [String: String]) -> Int32? {
        guard environment["LISTEN_PID"].flatMap({ pid_t($0) }) == getpid(),
            let count = environment["LISTEN_FDS"].flatMap({ Int($0) }), count > 0
        else { return nil }
        _ = fcntl(first, F_SETFD, FD_CLOEXEC)
        return first
    }

    /// Whether only this machine can reach it.
    static func isLoopback(_ descriptor: Int32) -> Bool {
        var address = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutableBytes(of: &address) { bytes in
            guard let base = bytes.baseAddress,
                getsockname(descriptor, base.assumingMemoryBound(to: sockaddr.self), &size) == 0
            else { return false }
            switch Int32(base.assumingMemoryBound(to: sockaddr.self).pointee.sa_family) {
            case AF_INET:
                return base.assumingMemoryBound(to: sockaddr_in.self).pointee.sin_addr.s_addr.littleEndian & 0xFF == 127
            case AF_INET6:
                var address = base.assumingMemoryBound(to: sockaddr_in6.self).pointee.sin6_addr
                return withUnsafeBytes(of: &address) { $0.dropLast().allSatisfy { $0 == 0 } && $0.last == 1 }
            default: return false
            }
        }
    }
}
