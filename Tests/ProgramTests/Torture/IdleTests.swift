import JSON
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite(.ownThread) struct `A program without requests` {
    @Test func `ends with its parent though others hold its pipes`() throws {
        let shell = try RunningProgram.parent()
        shell.write(#"{"jsonrpc":"2.0","id":1,"method":"ping"}"# + "\n")
        #expect(shell.readLine() != nil)
        shell.signal(SIGKILL)
        // The end of its output is the end of the program, since the test itself holds only the other ends.
        let (seconds, rest) = timed { shell.readAll() }
        #expect(seconds < 2)
        #expect(rest.isEmpty)
    }

    @Test func `goes on when a launcher has started it and left, as long as someone writes`() throws {
        let launcher = try RunningProgram.launcher()
        for id in 1...3 {
            launcher.write(#"{"jsonrpc":"2.0","id":\#(id),"method":"ping"}"# + "\n")
            #expect(launcher.readLine() == #"{"jsonrpc":"2.0","id":\#(id),"result":{}}"#)
            // Longer than a client may be silent whose end is that of the parent.
            if id == 1 { sleep(2) }
        }
        launcher.closeInput()
        #expect(launcher.readAll().isEmpty)
    }

    @Test(.enabled(if: RunningProgram.isMeasurable))
    func `sleeps until it is first asked for something that takes time`() throws {
        #expect(try Conversation().sleepsOn)
    }

    @Test(.enabled(if: RunningProgram.isMeasurable))
    func `sleeps after that as well`() throws {
        let client = try Conversation(with: ServedSandbox())
        client.call(1)
        #expect(try client.answer().isSuccess)
        #expect(client.sleepsOn)
    }

    @Test func `is not held up by a log that no one reads`() throws {
        let client = try Conversation(["--sandbox"], readsErrors: false)
        // Each leaves a line in the log; together they are more than a pipe holds.
        client.program.write(String(repeating: "{broken\n", count: 2000))
        #expect(try client.everything().count == 2000)
        client.program.closeInput()
        #expect(client.program.wait() == 0)
    }
}

extension Conversation {
    /// Whether it sleeps for a whole second, once what was asked before has come to its end.
    fileprivate var sleepsOn: Bool {
        (1...5).contains { _ in
            let before = program.sleepCount ?? 0
            sleep(1)
            return (program.sleepCount ?? .max) == before
        }
    }
}

extension RunningProgram {
    /// A shell that starts the program in the background and becomes another, so that it can be killed alone.
    static func parent() throws -> RunningProgram {
        let script = #"exec 3<&0; "$0" --sandbox <&3 & exec 3<&-; exec sleep 600"#
        return try RunningProgram("/bin/sh", ["-c", script, "\(products)/oe-mcp"])
    }

    /// A shell that starts the program and leaves, as some launchers do.
    static func launcher() throws -> RunningProgram {
        try RunningProgram("/bin/sh", ["-c", #"exec 3<&0; "$0" --sandbox <&3 &"#, "\(products)/oe-mcp"])
    }
}
