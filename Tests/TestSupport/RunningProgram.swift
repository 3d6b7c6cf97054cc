import Dispatch
import Synchronization

#if canImport(Glibc)
package import Glibc
#elseif canImport(Darwin)
package import Darwin
#endif

/// One of this package's programs as a process of its own, started as a client starts it.
///
/// Its environment holds only what the test gives, its folder is a fresh one, and signals are unblocked, which they are
/// not in the threads that tests run on. What it logs is read all the time, unless a test wants a client that does not.
package final class RunningProgram: Sendable {
    package let processID: pid_t
    private let directory: TemporaryDirectory
    private let input: Mutex<Int32>
    private let output: Mutex<Int32>
    private let unread = Mutex(LineBuffer())
    private let errors: ErrorReader
    private let status = Mutex<Int32?>(nil)

    package struct CannotStart: Error { let program: String }

    /// By what a client is connected with the program: most give it pipes, those built on libuv sockets.
    package enum Stdio: Sendable, CaseIterable { case pipe, socketPair }

    /// How many seconds a program may take for anything; reached only when it hangs.
    package static let patience = isSanitized ? 120.0 : 30.0

    /// A program that is given by its path is one of the system's.
    package init(
        _ program: String = "oe-mcp",
        _ arguments: [String] = [],
        environment: [String: String] = [:],
        files: [String: String] = [:],
        readsErrors: Bool = true,
        stdio: Stdio = .pipe
    ) throws {
        directory = TemporaryDirectory()
        for (name, text) in files { Self.write(text, to: name, in: directory) }
        let path = program.hasPrefix("/") ? program : "\(Self.products)/\(program)"
        let variables = ["HOME=\(directory.path)", "PATH=/usr/bin:/bin"] + environment.map { "\($0.key)=\($0.value)" }
        ignoreClosedPipes()
        guard let child = Self.start(Self.entering(directory.path) + [path] + arguments, variables, stdio)
        else { throw CannotStart(program: path) }
        processID = child.id
        input = Mutex(child.input)
        output = Mutex(child.output)
        errors = ErrorReader(child.errors)
        if readsErrors { errors.start() }
    }

    private static let starting = Mutex(())

    /// One at a time: a pipe is everybody's until it has been marked, and a child that holds another's never ends it.
    private static func start(
        _ arguments: [String],
        _ variables: [String],
        _ stdio: Stdio
    ) -> (id: pid_t, input: Int32, output: Int32, errors: Int32)? {
        starting.withLock { _ in
            let (input, output) = stdio == .pipe ? (pipe(), pipe()) : (socketPair(), socketPair())
            let errors = pipe()
            let ends = [input.reading, output.writing, errors.writing]
            let id = spawn(arguments, variables, ends)
            for end in ends { close(end) }
            return id.map { ($0, input.writing, output.reading, errors.reading) }
        }
    }

    deinit {
        if status.withLock({ $0 }) == nil {
            kill(processID, SIGKILL)
            var status: Int32 = 0
            waitpid(processID, &status, 0)
        }
        closeInput()
        closeOutput()
        errors.start()
    }

    package var folder: String { directory.path }

    /// Puts a file into the program's folder, or another in its place.
    package func write(_ text: String, to name: String) { Self.write(text, to: name, in: directory) }

    private static func write(_ text: String, to name: String, in directory: TemporaryDirectory) {
        directory.write(Array(text.utf8), to: name)
        chmod("\(directory.path)/\(name)", 0o600)
    }

    package func write(_ text: String) { write(Array(text.utf8)) }

    /// Waits while the program does not read, though not for ever, and gives up when it has gone.
    package func write(_ bytes: [UInt8]) {
        let descriptor = input.withLock { $0 }
        bytes.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty, Self.isWritable(descriptor) {
                // What a writable pipe takes whole.
                let count = Self.send(descriptor, UnsafeRawBufferPointer(rebasing: rest.prefix(4096)))
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }

    private static func isWritable(_ descriptor: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&entry, 1, Int32(patience * 1000)) == 1
    }

    package func closeInput() { Self.end(input) }
    package func closeOutput() { Self.end(output) }
    package func signal(_ number: Int32) { kill(processID, number) }

    /// The next line of standard output; nil at its end, or when none came in `seconds`.
    package func readLine(seconds: Double = patience) -> String? {
        readBytes(seconds: seconds).map { String(decoding: $0, as: UTF8.self) }
    }

    package func readBytes(seconds: Double = patience) -> [UInt8]? {
        while true {
            if let line = unread.withLock({ $0.nextLine() }) { return line }
            guard let chunk = chunk(seconds: seconds) else { return nil }
            unread.withLock { $0.append(chunk) }
        }
    }

    /// All that is left of standard output.
    package func readAll() -> String {
        while let chunk = chunk(seconds: Self.patience) { unread.withLock { $0.append(chunk) } }
        return String(decoding: unread.withLock { $0.rest() }, as: UTF8.self)
    }

    /// All of standard error; waits for its end.
    package func readErrors() -> String { String(decoding: errors.all(seconds: Self.patience), as: UTF8.self) }

    /// Waits until `text` has been logged; false when it never is.
    package func logs(_ text: String) -> Bool {
        let end = ContinuousClock.now + .seconds(Self.patience)
        while !String(decoding: errors.soFar, as: UTF8.self).contains(text) {
            guard .now < end, !errors.ended(within: 0.005) else {
                return String(decoding: errors.soFar, as: UTF8.self).contains(text)
            }
        }
        return true
    }

    /// The exit code, or minus the signal that ended it; nil when it still runs after `seconds`.
    package func wait(seconds: Double = patience) -> Int32? {
        // The end of standard error is the end of the process, and can be waited for with a limit.
        guard errors.ended(within: seconds) else { return nil }
        let status = status.withLock { known in
            if let known { return known }
            var status: Int32 = 0
            while waitpid(processID, &status, 0) < 0, errno == EINTR {}
            known = status
            return status
        }
        return status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
    }

    private func chunk(seconds: Double) -> [UInt8]? {
        let descriptor = output.withLock { $0 }
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard descriptor >= 0, poll(&entry, 1, Int32(seconds * 1000)) == 1 else { return nil }
        return Self.chunk(descriptor)
    }

    private static func end(_ descriptor: borrowing Mutex<Int32>) {
        descriptor.withLock { descriptor in
            if descriptor >= 0 { close(descriptor) }
            descriptor = -1
        }
    }
}

/// Takes chunks, gives lines, and looks at no byte twice.
private struct LineBuffer {
    private var bytes: [UInt8] = []
    private var start = 0
    private var searched = 0

    mutating func append(_ chunk: [UInt8]) { bytes += chunk }

    mutating func nextLine() -> [UInt8]? {
        let end = bytes.withUnsafeBytes { buffer -> Int? in
            guard let base = buffer.baseAddress, searched < buffer.count else { return nil }
            let place = memchr(base + searched, Int32(UInt8(ascii: "\n")), buffer.count - searched)
            return place.map { UnsafeRawPointer($0) - base }
        }
        guard let end else {
            searched = bytes.count
            return nil
        }
        defer {
            start = end + 1
            searched = start
            if start > 1 << 20 || start == bytes.count { _ = rest() }
        }
        return Array(bytes[start..<end])
    }

    /// What no line's end has come for yet; it is moved to the front.
    mutating func rest() -> [UInt8] {
        bytes.removeFirst(start)
        searched -= start
        start = 0
        return bytes
    }
}

/// Reads standard error on a thread of its own, when asked to, so that a program is never held up by what it logs.
private final class ErrorReader: Sendable {
    private let descriptor: Int32
    private let bytes = Mutex<[UInt8]>([])
    private let isStarted = Atomic(false)
    private let end = DispatchSemaphore(value: 0)

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    func start() {
        guard !isStarted.exchange(true, ordering: .relaxed) else { return }
        onThread { [self] in
            while let chunk = RunningProgram.chunk(descriptor) { bytes.withLock { $0 += chunk } }
            close(descriptor)
            end.signal()
        }
    }

    func ended(within seconds: Double) -> Bool {
        start()
        guard end.wait(timeout: .now() + seconds) == .success else { return false }
        // For the next who asks.
        end.signal()
        return true
    }

    var soFar: [UInt8] { bytes.withLock { $0 } }

    func all(seconds: Double) -> [UInt8] {
        _ = ended(within: seconds)
        return bytes.withLock { $0 }
    }
}
