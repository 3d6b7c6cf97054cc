import CSystem
import Clock

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Runs another program to its end, for commands that a person typed: no shell, no terminal, a limit.
///
/// The server itself starts nothing.
enum ForeignCommand {
    struct Outcome {
        /// Nil when it was ended because it took too long; 128 and more after a signal.
        let code: Int32?
        /// What it wrote to both of its outputs, or to the first alone; 64 KiB at most.
        let output: String
    }

    private static let most = 1 << 16

    /// It has nothing to read, and all that it has started ends with it; nil when it could not be started.
    static func outcome(
        _ path: String,
        _ arguments: [String],
        environment: [String: String],
        errors: Bool = true,
        seconds: Int
    ) -> Outcome? {
        var pipes: [Int32] = [-1, -1]
        guard oe_private_pipe(&pipes) == 0 else { return nil }
        defer { close(pipes[0]) }
        _ = fcntl(pipes[0], F_SETFL, O_NONBLOCK)
        let process = start(path, arguments, environment, output: pipes[1], errors)
        close(pipes[1])
        guard process > 0 else { return nil }
        let end = oe_process_descriptor(process)
        defer { if end >= 0 { close(end) } }
        let (output, hasEnded) = follow(pipes[0], end, seconds)
        if !hasEnded { kill(-process, SIGKILL) }
        oe_wait_for_process(process)
        // Before its number can be another's.
        kill(-process, SIGKILL)
        let code = oe_take_process(process)
        return Outcome(code: hasEnded ? code : nil, output: output)
    }

    /// What is written until the process has ended; false when that takes too long.
    private static func follow(_ descriptor: Int32, _ process: Int32, _ seconds: Int) -> (String, hasEnded: Bool) {
        var bytes: [UInt8] = []
        var isOpen = true
        let end = SystemClock.nanoseconds() + seconds * 1_000_000_000
        while true {
            let left = (end - SystemClock.nanoseconds()) / 1_000_000
            var entries = [isOpen ? descriptor : -1, process].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard left > 0, poll(&entries, nfds_t(entries.count), Int32(left)) != 0 else { return (text(bytes), false) }
            // What was written comes before the end.
            if entries[0].revents != 0 { isOpen = drain(descriptor, &bytes) }
            // Where the kernel does not report the end of a process, that of its output has to do.
            if entries[1].revents != 0 || process < 0 && !isOpen { return (text(bytes), true) }
        }
    }

    /// Takes what has come so far; false at the end.
    private static func drain(_ descriptor: Int32, _ bytes: inout [UInt8]) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        for _ in 0..<64 {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return count < 0 && (errno == EAGAIN || errno == EINTR) }
            bytes += buffer[..<min(count, max(most - bytes.count, 0))]
        }
        return true
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func start(
        _ path: String,
        _ arguments: [String],
        _ environment: [String: String],
        output: Int32,
        _ errors: Bool
    ) -> pid_t {
        let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
        guard nothing >= 0 else { return -errno }
        defer { close(nothing) }
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        return oe_start_process(path, &words, &variables, nil, nothing, output, errors ? output : nothing)
    }
}
