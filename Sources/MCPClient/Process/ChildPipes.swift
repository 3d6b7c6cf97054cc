import CSystem

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The descriptors between this process and a child; ours are closed with the last reference.
final class ChildPipes: Sendable {
    /// A socket, because one can be written to without waiting, and be shut while it is written to.
    let input: Int32
    let output: Int32
    let errors: Int32
    /// Becomes readable when there is nothing more to wait for.
    let wake: Int32
    let waker: Int32
    let theirInput: Int32
    let theirOutput: Int32
    let theirErrors: Int32

    /// Nil where the system has no descriptors left.
    init?() {
        var pairs: [(Int32, Int32)] = []
        for isSocket in [true, false, false, false] {
            guard let pair = Self.pair(isSocket: isSocket) else {
                for pair in pairs { Self.closeAll(pair.0, pair.1) }
                return nil
            }
            pairs.append(pair)
        }
        (theirInput, input) = pairs[0]
        (output, theirOutput) = pairs[1]
        (errors, theirErrors) = pairs[2]
        (wake, waker) = pairs[3]
    }

    deinit { Self.closeAll(input, output, errors, wake, waker) }

    func closeTheirs() { Self.closeAll(theirInput, theirOutput, theirErrors) }

    private static func pair(isSocket: Bool) -> (Int32, Int32)? {
        var ends: [Int32] = [-1, -1]
        #if canImport(Glibc)
        // No other child that starts meanwhile gets them.
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        #else
        let kind = SOCK_STREAM
        #endif
        guard (isSocket ? socketpair(AF_UNIX, kind, 0, &ends) : oe_private_pipe(&ends)) == 0 else { return nil }
        #if !canImport(Glibc)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        #endif
        return (ends[0], ends[1])
    }

    private static func closeAll(_ descriptors: Int32...) { for descriptor in descriptors { close(descriptor) } }
}
