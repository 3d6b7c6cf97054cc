import Synchronization

#if canImport(Glibc)
package import Glibc
#elseif canImport(Darwin)
package import Darwin
#endif

/// One of this package's programs as a process of its own, started as a client starts it.
///
/// Its environment holds only what the test gives, its folder is a fresh one, and signals are unblocked, which they are
/// not in the threads that tests run on.
package final class RunningProgram: Sendable {
    package let folder: String
    package let processID: pid_t
    private let input: Mutex<Int32>
    private let output: Int32
    private let unread = Mutex<[UInt8]>([])
    private let errors: Mutex<[UInt8]>
    private let errorDescriptor: Int32
    private let status = Mutex<Int32?>(nil)

    package struct CannotStart: Error { let program: String }

    /// How long a program may take for anything; reached only when it hangs.
    private static let patience: Int32 = 20_000

    package init(
        _ program: String = "oe-mcp",
        _ arguments: [String] = [],
        environment: [String: String] = [:],
        files: [String: String] = [:]
    ) throws {
        folder = try Self.freshFolder()
        for (name, text) in files { try Self.write(text, to: "\(folder)/\(name)") }
        let (toChild, fromChild, errorsFromChild) = (Self.pipe(), Self.pipe(), Self.pipe())
        let path = "\(Self.products)/\(program)"
        let variables = ["HOME=\(folder)", "PATH=/usr/bin:/bin"] + environment.map { "\($0.key)=\($0.value)" }
        let ends = [toChild.0, fromChild.1, errorsFromChild.1]
        guard let id = Self.spawn(Self.entering(folder) + [path] + arguments, variables, ends)
        else { throw CannotStart(program: path) }
        processID = id
        for end in ends { close(end) }
        input = Mutex(toChild.1)
        output = fromChild.0
        errorDescriptor = errorsFromChild.0
        errors = Mutex([])
    }

    deinit {
        if status.withLock({ $0 }) == nil {
            kill(processID, SIGKILL)
            var status: Int32 = 0
            waitpid(processID, &status, 0)
        }
        closeInput()
        close(output)
        close(errorDescriptor)
        Self.remove(folder)
    }

    package func write(_ text: String) {
        var bytes = Array(text.utf8)[...]
        let descriptor = input.withLock { $0 }
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { send(descriptor, $0) }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }

    package func closeInput() {
        input.withLock { descriptor in
            if descriptor >= 0 { close(descriptor) }
            descriptor = -1
        }
    }

    package func closeOutput() { close(output) }

    package func signal(_ number: Int32) { kill(processID, number) }

    /// The next line of standard output; nil at its end.
    package func readLine() -> String? {
        while true {
            let line = unread.withLock { bytes -> String? in
                guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
                defer { bytes.removeFirst(end + 1) }
                return String(decoding: bytes[..<end], as: UTF8.self)
            }
            if let line { return line }
            guard let chunk = Self.chunk(output) else { return nil }
            unread.withLock { $0 += chunk }
        }
    }

    /// All that is left of standard output.
    package func readAll() -> String {
        var bytes = unread.withLock { $0 }
        while let chunk = Self.chunk(output) { bytes += chunk }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// All of standard error; waits for its end.
    package func readErrors() -> String {
        var bytes: [UInt8] = []
        while let chunk = Self.chunk(errorDescriptor) { bytes += chunk }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The exit code, or minus the signal that ended it.
    package func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(processID, &status, 0) < 0, errno == EINTR {}
        self.status.withLock { $0 = status }
        return status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
    }
}

// What differs between systems, and what a process needs.
extension RunningProgram {
    /// Where the programs of this build lie: beside the tests.
    package static let products: String = {
        let path = CommandLine.arguments[0]
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        guard let bundle = folder.firstIndex(where: { $0.hasSuffix(".xctest") }) else {
            return folder.joined(separator: "/")
        }
        return folder[..<bundle].joined(separator: "/")
    }()

    /// What comes before a command line so that it runs in `folder`; not every system can spawn there.
    private static func entering(_ folder: String) -> [String] {
        ["sh", "-c", #"cd "$0" && exec "$@""#, folder]
    }

    private static func freshFolder() throws -> String {
        var template = Array("/tmp/oe-mcp-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw CannotStart(program: "mkdtemp") }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// With all that the program left in it.
    private static func remove(_ folder: String) {
        guard let id = spawn(["sh", "-c", #"rm -rf "$0""#, folder], ["PATH=/usr/bin:/bin"], []) else { return }
        var status: Int32 = 0
        waitpid(id, &status, 0)
    }

    private static func write(_ text: String, to path: String) throws {
        guard let file = fopen(path, "w") else { throw CannotStart(program: path) }
        fwrite(text, 1, text.utf8.count, file)
        fclose(file)
        chmod(path, 0o600)
    }

    /// Reading and writing end, which no other child inherits.
    private static func pipe() -> (Int32, Int32) {
        var ends: [Int32] = [-1, -1]
        #if canImport(Glibc)
        _ = Glibc.pipe(&ends)
        #else
        _ = Darwin.pipe(&ends)
        #endif
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    private static func chunk(_ descriptor: Int32) -> [UInt8]? {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, patience) == 1 else { return nil }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(descriptor, &buffer, buffer.count)
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    private func send(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
        Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #else
        Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }

    private static func spawn(
        _ arguments: [String],
        _ variables: [String],
        _ descriptors: [Int32]
    ) -> pid_t? {
        #if canImport(Glibc)
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        #else
        var actions: posix_spawn_file_actions_t?
        var attributes: posix_spawnattr_t?
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        for (target, descriptor) in descriptors.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(target))
        }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var id = pid_t()
        let failure = withCStrings(arguments) { arguments in
            withCStrings(variables) { posix_spawn(&id, "/bin/sh", &actions, &attributes, arguments, $0) }
        }
        return failure == 0 ? id : nil
    }

    private static func withCStrings<Result>(
        _ texts: [String],
        _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let pointers = texts.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        return body(pointers)
    }
}
