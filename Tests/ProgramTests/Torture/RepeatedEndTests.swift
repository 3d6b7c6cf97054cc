import JSON
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// No crash, no hang, and nothing but zero, at whatever moment the end comes.
@Suite(.ownThread, .enabled(if: Torture.isLong)) struct `An end at any moment, hundreds of times` {
    private static let rounds = 200
    private static let longestLife: UInt32 = 30_000

    enum Way: CaseIterable, Sendable { case input, output, both, termination, interrupt, signals }

    @Test(arguments: Way.allCases) func `is a good one`(way: Way) throws {
        let sandbox = try ServedSandbox(fault: "slow=5ms*")
        var numbers = SeededNumbers(seed: 1)
        for round in 1...Self.rounds {
            let client = try Conversation(with: sandbox)
            client.keepBusy()
            usleep(UInt32.random(in: 0...Self.longestLife, using: &numbers))
            client.end(way)
            // Output that is not read would be waited for, for seconds.
            _ = client.program.readAll()
            #expect(client.program.wait() == 0, "round \(round): \(client.program.readErrors())")
        }
    }

    @Test func `is a good one when the parent is killed`() throws {
        var numbers = SeededNumbers(seed: 2)
        for round in 1...Self.rounds {
            let shell = try RunningProgram.parent()
            shell.write(#"{"jsonrpc":"2.0","id":1,"method":"ping"}"# + "\n")
            #expect(shell.readLine() != nil)
            for id in 2...6 { shell.write(#"{"jsonrpc":"2.0","id":\#(id),"method":"tools/list"}"# + "\n") }
            usleep(UInt32.random(in: 0...Self.longestLife, using: &numbers))
            shell.signal(SIGKILL)
            let (seconds, _) = timed { shell.readAll() }
            #expect(seconds < 3, "round \(round)")
            // No one reads the exit code any more, but a crash is not silent.
            #expect(!shell.readErrors().contains("Fatal"), "round \(round)")
        }
    }
}

extension Conversation {
    /// Something of everything to do: calls that wait, answers that go out, lines that are wrong.
    fileprivate func keepBusy() {
        for id in 1...10 {
            call(id)
            send(#"{"jsonrpc":"2.0","id":\#(100 + id),"method":"tools/list"}"#)
            send("{broken")
            if id % 3 == 0 { cancel(id) }
        }
    }

    fileprivate func end(_ way: `An end at any moment, hundreds of times`.Way) {
        switch way {
        case .input: program.closeInput()
        case .output: program.closeOutput()
        case .both:
            program.closeOutput()
            program.closeInput()
        case .termination: program.signal(SIGTERM)
        case .interrupt: program.signal(SIGINT)
        case .signals: for signal in [SIGTERM, SIGINT, SIGTERM] { program.signal(signal) }
        }
    }
}
