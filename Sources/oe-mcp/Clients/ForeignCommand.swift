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
        /// Nil when it was ended because it took too long, or by a signal.
        let code: Int32?
        /// What it wrote to both of its outputs, or to the first alone; 64 KiB at most.
        let output: String
    }

    private static let most = 1 << 16

    /// It has nothing to read; nil when it could not be started.
    static func outcome(
        _ path: String,
        _ arguments: [String],
        environment: [String: String],
        errors: Bool = true,
        seconds: Int
    ) -> Outcome? {
        var pipes: [Int32] = [-1, -1]
        guard pipe(&pipes) == 0 else { return nil }
        _ = fcntl(pipes[0], F_SETFD, FD_CLOEXEC)
        let process = spawn(path, arguments, environment, pipes[1], errors)
        close(pipes[1])
        defer { close(pipes[0]) }
        guard let process else { return nil }
        let (output, isWhole) = read(pipes[0], seconds)
        if !isWhole { kill(process, SIGKILL) }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        let hasExited = status & 0x7F == 0
        return Outcome(code: isWhole && hasExited ? (status >> 8) & 0xFF : nil, output: output)
    }

    /// Until the other side closes; false when that takes too long.
    private static func read(_ descriptor: Int32, _ seconds: Int) -> (String, isWhole: Bool) {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        let end = SystemClock.nanoseconds() + seconds * 1_000_000_000
        while true {
            let left = (end - SystemClock.nanoseconds()) / 1_000_000
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard left > 0, poll(&entry, 1, Int32(left)) != 0 else {
                return (String(decoding: bytes, as: UTF8.self), false)
            }
            #if canImport(Glibc)
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            #else
            let count = Darwin.read(descriptor, &buffer, buffer.count)
            #endif
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return (String(decoding: bytes, as: UTF8.self), true) }
            bytes += buffer[..<min(count, max(most - bytes.count, 0))]
        }
    }

    private static func spawn(
        _ path: String,
        _ arguments: [String],
        _ environment: [String: String],
        _ output: Int32,
        _ errors: Bool
    ) -> pid_t? {
        #if canImport(Darwin)
        var actions: posix_spawn_file_actions_t?
        var attributes: posix_spawnattr_t?
        #else
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        if errors {
            posix_spawn_file_actions_adddup2(&actions, output, 2)
        } else {
            posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        }
        if output > 2 { posix_spawn_file_actions_addclose(&actions, output) }
        var defaults = sigset_t()
        sigemptyset(&defaults)
        sigaddset(&defaults, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (words + variables).forEach { free($0) } }
        var process: pid_t = 0
        return posix_spawn(&process, path, &actions, &attributes, &words, &variables) == 0 ? process : nil
    }
}
