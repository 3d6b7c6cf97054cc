#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

// What differs between systems, and what a process needs.
extension RunningProgram {
    /// Where the programs of this build lie, next to the tests; or where `OE_MCP_PROGRAMS` says.
    package static let products: String = {
        if let chosen = getenv("OE_MCP_PROGRAMS") { return String(cString: chosen) }
        let path = CommandLine.arguments[0]
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        guard let bundle = folder.firstIndex(where: { $0.hasSuffix(".xctest") }) else {
            return folder.joined(separator: "/")
        }
        return folder[..<bundle].joined(separator: "/")
    }()

    package static let showsKernelNumbers = access("/proc/self/status", R_OK) == 0

    /// Whether what the kernel shows is the program's own doing: a sanitizer keeps what was freed, and wakes by itself.
    package static let isMeasurable = showsKernelNumbers && !isSanitized

    static let isSanitized = getenv("SANITIZED") != nil

    /// A number that the kernel keeps of the process, such as `VmHWM`, the most memory it ever had, in KiB.
    ///
    /// Nil where the kernel shows none.
    package func kernelNumber(_ name: String) -> Int? { Self.kernelNumber(name, in: "/proc/\(processID)/status") }

    /// How often any thread of the process has gone to sleep; it cannot wake up without doing so again.
    package var sleepCount: Int? {
        let threads = TemporaryDirectory.names("/proc/\(processID)/task")
        guard !threads.isEmpty else { return nil }
        return threads.reduce(0) { sum, thread in
            sum + (Self.kernelNumber("voluntary_ctxt_switches", in: "/proc/\(processID)/task/\(thread)/status") ?? 0)
        }
    }

    /// Waits until the process has had nothing to do for a while; false when it goes on and on.
    package func settles() -> Bool {
        let end = ContinuousClock.now + .seconds(Self.patience)
        var before = -1
        while let now = processorTicks, now != before {
            guard ContinuousClock.now < end else { return false }
            before = now
            usleep(300_000)
        }
        return true
    }

    /// The time that it has used, in hundredths of a second.
    private var processorTicks: Int? {
        let fields = Self.text("/proc/\(processID)/stat").split(separator: " ")
        return fields.count > 14 ? fields[13...14].compactMap { Int($0) }.reduce(0, +) : nil
    }

    private static func kernelNumber(_ name: String, in path: String) -> Int? {
        let lines = text(path).split(separator: "\n")
        guard let line = lines.first(where: { $0.hasPrefix("\(name):") }) else { return nil }
        return Int(line.dropFirst(name.count + 1).filter { $0.isNumber })
    }

    private static func text(_ path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 8192)
        let count = fread(&buffer, 1, buffer.count, file)
        return String(decoding: buffer[..<count], as: UTF8.self)
    }

    /// What comes before a command line so that it runs in `folder`; not every system can spawn there.
    static func entering(_ folder: String) -> [String] { ["sh", "-c", #"cd "$0" && exec "$@""#, folder] }

    /// Reading and writing end, which no other child inherits.
    static func pipe() -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        #if canImport(Glibc)
        _ = Glibc.pipe(&ends)
        #else
        _ = Darwin.pipe(&ends)
        #endif
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// The same for two sockets.
    static func socketPair() -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        #if canImport(Glibc)
        socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends)
        #else
        socketpair(AF_UNIX, SOCK_STREAM, 0, &ends)
        #endif
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// What there is to read, at least a byte; nil at the end.
    static func chunk(_ descriptor: Int32) -> [UInt8]? {
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, initialized in
            repeat { count = read(descriptor, buffer.baseAddress, 1 << 16) } while count < 0 && errno == EINTR
            initialized = max(count, 0)
        }
        return count > 0 ? bytes : nil
    }

    static func send(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
        Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #else
        Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }

    static func spawn(_ arguments: [String], _ variables: [String], _ descriptors: [Int32]) -> pid_t? {
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

/// Makes a write to a pipe without a reader a failed write, not the end of the tests.
func ignoreClosedPipes() { signal(SIGPIPE, SIG_IGN) }
