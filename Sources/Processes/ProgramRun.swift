import CSystem

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// One run of a program to its end, and to that of all it has started.
package struct ProgramRun: Sendable {
    package enum Outcome: Sendable {
        case ended(code: Int32, output: [UInt8], errors: [UInt8])
        /// With what it had written by then.
        case timedOut(output: [UInt8])
        /// It wrote more than it may.
        case flooded
        /// With the number of the error.
        case notStarted(Int32)
    }

    private let launch: ProgramLaunch
    private let input: [UInt8]
    private let joinsErrors: Bool
    private let cutsOutput: Bool
    private let limit: Duration

    package static let mostInput = 1 << 14
    private static let mostOutput = 1 << 16
    private static let mostErrors = 1 << 12
    /// Between the signal that asks and the one that cannot be refused.
    private static let grace = Duration.seconds(1)

    /// `input` is what it gets to read, ``mostInput`` at most, so that it fits into the pipe.
    ///
    /// With `joinsErrors`, what it writes to standard error comes with its output. Of that, 64 KiB are kept: with more
    /// the run ends, or else the rest is dropped (`cutsOutput`).
    package init(
        _ launch: ProgramLaunch,
        input: [UInt8] = [],
        joinsErrors: Bool = false,
        cutsOutput: Bool = false,
        limit: Duration
    ) {
        self.launch = launch
        self.input = input
        self.joinsErrors = joinsErrors
        self.cutsOutput = cutsOutput
        self.limit = limit
    }

    /// Blocks until the program and all of its group are gone.
    ///
    /// `group` gets its number when it is started, and nil when that is no longer its own; `done` is called before, as
    /// soon as the outcome is known: what comes later is dropped.
    package func complete(group: (Int32?) -> Void = { _ in }, done: (Outcome) -> Void) {
        guard let pipes = ProgramPipes(input, joinsErrors: joinsErrors) else { return done(.notStarted(EMFILE)) }
        let pid = launch.start(input: pipes.theirInput, output: pipes.theirOutput, errors: pipes.theirErrors)
        pipes.closeTheirs()
        guard pid > 0 else { return done(.notStarted(-pid)) }
        group(pid)
        let end = oe_process_descriptor(pid)
        defer { if end >= 0 { close(end) } }
        var capture = Capture()
        let isOver = follow(pipes, end, &capture)
        guard isOver else {
            kill(-pid, SIGTERM)
            done(capture.output.count > Self.mostOutput ? .flooded : .timedOut(output: capture.output))
            Self.waitForEnd(end, for: Self.grace)
            kill(-pid, SIGKILL)
            oe_wait_for_process(pid)
            kill(-pid, SIGKILL)
            group(nil)
            _ = oe_take_process(pid)
            return
        }
        oe_wait_for_process(pid)
        // Before its number can be another's; what it has started goes with it.
        kill(-pid, SIGKILL)
        group(nil)
        done(.ended(code: oe_take_process(pid), output: capture.output, errors: capture.errors))
    }

    private struct Capture {
        var output: [UInt8] = []
        var errors: [UInt8] = []
    }

    /// False when it takes too long or writes too much.
    private func follow(_ pipes: ProgramPipes, _ end: Int32, _ capture: inout Capture) -> Bool {
        let deadline = SuspendingClock.now + limit
        var open = [pipes.output, pipes.errors].filter { $0 >= 0 }
        while true {
            let left = deadline - SuspendingClock.now
            guard left > .zero else { return false }
            var entries = (open + [end]).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard poll(&entries, nfds_t(entries.count), Int32(left / .milliseconds(1)) + 1) >= 0 else {
                if errno == EINTR { continue }
                return false
            }
            let hasEnded = entries.last?.revents != 0
            // The last it wrote may have come after a look at the pipe, and before the one at the process.
            for descriptor in entries.dropLast().filter({ hasEnded || $0.revents != 0 }).map({ $0.fd })
            where !drain(descriptor, isOutput: descriptor == pipes.output, &capture) {
                open.removeAll { $0 == descriptor }
            }
            if capture.output.count > Self.mostOutput { return false }
            // Where the kernel does not report the end of a process, that of its outputs has to do.
            if hasEnded || end < 0 && open.isEmpty { return true }
        }
    }

    /// Takes what has come so far; false at the end.
    private func drain(_ descriptor: Int32, isOutput: Bool, _ capture: inout Capture) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        // One that never stops to write must not keep the time from being looked at.
        for _ in 0..<64 {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return count < 0 && (errno == EAGAIN || errno == EINTR) }
            if isOutput {
                capture.output += buffer[..<(cutsOutput ? min(count, Self.mostOutput - capture.output.count) : count)]
            } else {
                capture.errors += buffer[..<min(count, Self.mostErrors - capture.errors.count)]
            }
            if capture.output.count > Self.mostOutput { return true }
        }
        return true
    }

    private static func waitForEnd(_ end: Int32, for grace: Duration) {
        var entry = pollfd(fd: end, events: Int16(POLLIN), revents: 0)
        _ = poll(&entry, 1, Int32(grace / .milliseconds(1)))
    }
}

/// The descriptors between this process and the program; ours are closed with the last reference.
private final class ProgramPipes {
    let output: Int32
    /// Less than zero where they come with the output.
    let errors: Int32
    let theirInput: Int32
    let theirOutput: Int32
    let theirErrors: Int32

    /// Nil where the system has no descriptors left.
    init?(_ input: [UInt8], joinsErrors: Bool) {
        var pairs = [[Int32]](repeating: [-1, -1], count: joinsErrors ? 1 : 2)
        let isMade = pairs.indices.map { oe_private_pipe(&pairs[$0]) == 0 }
        theirInput = Self.source(input)
        (output, theirOutput) = (pairs[0][0], pairs[0][1])
        (errors, theirErrors) = joinsErrors ? (-1, theirOutput) : (pairs[1][0], pairs[1][1])
        guard !isMade.contains(false), theirInput >= 0 else {
            closeTheirs()
            return nil
        }
        for end in [output, errors] where end >= 0 { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    }

    deinit { for descriptor in [output, errors] where descriptor >= 0 { close(descriptor) } }

    func closeTheirs() {
        for descriptor in Set([theirInput, theirOutput, theirErrors]) where descriptor >= 0 { close(descriptor) }
    }

    /// Gives what is handed over, and then the end; never what this process itself reads.
    private static func source(_ input: [UInt8]) -> Int32 {
        if input.isEmpty { return open("/dev/null", O_RDONLY | O_CLOEXEC) }
        var ends: [Int32] = [-1, -1]
        guard oe_private_pipe(&ends) == 0 else { return -1 }
        defer { close(ends[1]) }
        guard input.withUnsafeBytes({ write(ends[1], $0.baseAddress, $0.count) }) == input.count else {
            close(ends[0])
            return -1
        }
        return ends[0]
    }
}
