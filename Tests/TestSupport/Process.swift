#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A child whose output is read by the test, without input and complaints.
package final class Process: Sendable {
    private let id: pid_t
    private let output: Int32

    package init(_ path: String, _ arguments: [String]) throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw ProcessError() }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[1]) }
        #if canImport(Glibc)
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        #else
        var actions: posix_spawn_file_actions_t?
        var attributes: posix_spawnattr_t?
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        // Threads of the test runner block signals, and a child would inherit that.
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var id = pid_t()
        guard posix_spawn(&id, path, &actions, &attributes, &words, environ) == 0 else {
            close(ends[0])
            throw ProcessError()
        }
        self.id = id
        output = ends[0]
    }

    deinit { close(output) }

    /// Waits for the end; 0 is success.
    package func status() async -> Int32 {
        await withCheckedContinuation { continuation in
            onThread { continuation.resume(returning: self.wait()) }
        }
    }

    /// Waits for the end on the calling thread.
    @discardableResult
    package func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0 && errno == EINTR {}
        return status
    }

    /// The first line of output that begins so, or nil when the output ends before.
    package func line(startingWith prefix: String) async -> String? {
        await withCheckedContinuation { continuation in
            onThread { continuation.resume(returning: self.nextLine(startingWith: prefix)) }
        }
    }

    private func nextLine(startingWith prefix: String) -> String? {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while read(output, &byte, 1) == 1 {
            guard byte == UInt8(ascii: "\n") else {
                line.append(byte)
                continue
            }
            let text = String(decoding: line, as: UTF8.self)
            if text.hasPrefix(prefix) { return text }
            line = []
        }
        return nil
    }

    package func kill() {
        #if canImport(Glibc)
        _ = Glibc.kill(id, SIGKILL)
        #else
        _ = Darwin.kill(id, SIGKILL)
        #endif
        wait()
    }

    /// Where a command stands in the search path.
    package static func path(of command: String) -> String? {
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        return path.split(separator: ":").map { "\($0)/\(command)" }.first { access($0, X_OK) == 0 }
    }
}
