import CSystem
import Clock
import JSONRPC
import Logging
import Processes
import Synchronization
import Threads

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A program that runs in a process group of its own, and is ended with all of that group.
final class ChildProcess: Sendable {
    private struct State {
        var pid: Int32?
        var input: OutputQueue?
        var inputDescriptor: Int32 = -1
        var isClosing = false
        var isOver = false
        /// Why it was ended, where it did not end by itself.
        var fault: String?
    }

    private let server: ProcessRemoteServer
    private let state = Mutex(State())

    init(_ server: ProcessRemoteServer) { self.server = server }

    /// Starts it, on a thread that stays until the end: where the system ends a child with its parent, it means that thread.
    ///
    /// `line` gets what it writes to its standard output, `ended` is called once, when the process and its group are gone.
    func start(
        line: @escaping @Sendable (LineFramer.Line) -> Void,
        ended: @escaping @Sendable (String) -> Void
    ) async throws(RemoteFailure) {
        let problem: String? = await withCheckedContinuation { continuation in
            let isStarted = Threads.start { self.live(line, ended) { continuation.resume(returning: $0) } }
            if !isStarted { continuation.resume(returning: "The system has no thread left.") }
        }
        if let problem { throw .notStarted(detail: problem) }
    }

    private func live(
        _ line: @escaping @Sendable (LineFramer.Line) -> Void,
        _ ended: @Sendable (String) -> Void,
        _ started: (String?) -> Void
    ) {
        guard let path = program else { return started("The program `\(server.command)` was not found.") }
        guard let pipes = ChildPipes() else { return started("The system has no descriptor left.") }
        // What a child that has gone does not read is no reason to end.
        signal(SIGPIPE, SIG_IGN)
        let pid = startProcess(path, pipes)
        pipes.closeTheirs()
        guard pid > 0 else {
            return started("The program `\(server.command)` could not be started (\(String(cString: strerror(-pid)))).")
        }
        let reader = ChildReader(pipes, server, line) { self.isSilent(sending: $0) }
        let input = pipes.input
        state.withLock { state in
            state.pid = pid
            state.inputDescriptor = input
            state.input = OutputQueue(descriptor: input) { _ = pipes }
        }
        let isRead = reader.start()
        if !server.children.add(self) { sendSignal(SIGKILL) }
        started(nil)
        oe_wait_for_process(pid)
        // Before its number can be another's; what it has started goes with it.
        let (queue, fault) = state.withLock { state in
            state.isOver = true
            kill(-pid, SIGKILL)
            return (state.input.take(), state.fault)
        }
        let code = oe_take_process(pid)
        server.children.remove(self)
        shutdown(input, Int32(SHUT_RDWR))
        // Its thread, where it has one, sees that its reader has gone.
        queue?.append([])
        if isRead { reader.finish() }
        let signal = "The process was ended by signal \(code - 128)."
        ended(fault ?? (code > 128 ? signal : "The process ended with exit code \(code)."))
    }

    /// Written as one line; what it does not read yet waits.
    func write(_ message: [UInt8]) { state.withLock { $0.isClosing ? nil : $0.input }?.append(message) }

    /// Closes its standard input, and returns when it has ended, or after two seconds.
    ///
    /// One that lives on is asked to end by a signal to its group, and three seconds later ended by another.
    func stop() async {
        let isStarted = state.withLock { state in
            guard state.pid != nil, !state.isOver else { return false }
            state.isClosing = true
            shutdown(state.inputDescriptor, Int32(SHUT_WR))
            return true
        }
        guard isStarted, await !isOver(within: server.patience.input) else { return }
        Task(executorPreference: WorkerPool.shared) {
            self.sendSignal(SIGTERM)
            if await !self.isOver(within: self.server.patience.signal) { self.sendSignal(SIGKILL) }
        }
    }

    /// Nothing can come from it any more, but it lives.
    private func isSilent(sending number: Int32) {
        let isAsked = state.withLock { state in
            if !state.isClosing { state.fault = "The process closed its standard output." }
            return state.isClosing
        }
        if !isAsked { sendSignal(number) }
    }

    /// Closes its standard input, and sends the signal to its group.
    func end(by number: Int32) {
        state.withLock { state in
            guard !state.isOver, !state.isClosing else { return }
            state.isClosing = true
            shutdown(state.inputDescriptor, Int32(SHUT_WR))
        }
        sendSignal(number)
    }

    private func sendSignal(_ number: Int32) {
        state.withLock { state in
            if let pid = state.pid, !state.isOver { kill(-pid, number) }
        }
    }

    private func isOver(within limit: Duration) async -> Bool {
        let end = SuspendingClock.now + limit
        var pause = Duration.milliseconds(2)
        while !state.withLock({ $0.isOver }) {
            guard .now < end else { return false }
            try? await SystemClock.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(50))
            if Task.isCancelled { return state.withLock { $0.isOver } }
        }
        return true
    }
}

// What is started, and how.
extension ChildProcess {
    /// The path that the command names, or the first one in `PATH`.
    private var program: String? {
        if server.command.utf8.contains(UInt8(ascii: "/")) { return server.command }
        let places = (server.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
        return places.lazy.map { "\($0)/\(self.server.command)" }.first { access($0, X_OK) == 0 }
    }

    private func startProcess(_ path: String, _ pipes: ChildPipes) -> Int32 {
        let launch = ProgramLaunch(
            path,
            server.arguments,
            named: server.command,
            environment: server.environment,
            directory: server.directory
        )
        return launch.start(input: pipes.theirInput, output: pipes.theirOutput, errors: pipes.theirErrors)
    }
}
