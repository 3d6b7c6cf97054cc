import JSON
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What clients give that are built on libuv, as those in Node are.
@Suite(.ownThread) struct `A client connected by sockets` {
    @Test(.enabled(if: RunningProgram.isMeasurable), arguments: RunningProgram.Stdio.allCases)
    func `costs no thread for a list of tools`(stdio: RunningProgram.Stdio) throws {
        let client = try Conversation(["--sandbox"], stdio: stdio)
        #expect(client.program.settles())
        let before = client.program.kernelNumber("Threads")
        for id in 1...20 {
            client.send(#"{"jsonrpc":"2.0","id":\#(id),"method":"tools/list"}"#)
            #expect(try client.answer()["id"]?.int == id)
        }
        #expect(client.program.kernelNumber("Threads") == before)
    }

    /// Rows: G016, G017.
    @Test func `gets all answers whole that it did not read for a while`() throws {
        let client = try Conversation(["--sandbox"], stdio: .socketPair)
        client.fillOutput()
        let answers = try client.answers(to: Set(1...50))
        #expect(answers.values.allSatisfy { $0["result"]?["tools"] != nil })
        #expect(try client.everything() == [])
    }

    /// Rows: G038.
    @Test func `is heard while it does not read`() throws {
        let client = try Conversation(with: ServedSandbox(fault: "slow=60s"), stdio: .socketPair)
        client.call(1000)
        client.fillOutput()
        client.cancel(1000)
        #expect(try client.answers(to: Set(1...50)).count == 50)
        #expect(try client.everything() == [])
    }

    /// Rows: G006.
    @Test(arguments: [false, true])
    func `ends the program with its input`(isFull: Bool) throws {
        let client = try Conversation(["--sandbox"], stdio: .socketPair)
        if isFull { client.fillOutput() }
        client.program.closeInput()
        #expect(client.program.wait() == 0)
    }

    /// Rows: G008.
    @Test(arguments: [false, true])
    func `ends the program when it can read no more`(isFull: Bool) throws {
        let client = try Conversation(with: ServedSandbox(fault: "slow=60s"), stdio: .socketPair)
        client.call(1000)
        if isFull { client.fillOutput() }
        client.program.closeOutput()
        #expect(client.program.wait() == 0)
    }

    /// Rows: G009.
    @Test func `ends the program by a signal though it does not read`() throws {
        let client = try Conversation(["--sandbox"], stdio: .socketPair)
        client.fillOutput()
        client.program.signal(SIGTERM)
        #expect(client.program.wait() == 0)
    }

    /// Rows: G011, G014.
    @Test func `is served on after any line`() throws {
        let client = try Conversation(["--sandbox"], environment: ["MCP_MAX_LINE_BYTES": "65536"], stdio: .socketPair)
        for line in ["{bad", "[]", String(repeating: "x", count: 1 << 20)] {
            client.send(line)
            #expect(try client.everything().count == 1)
        }
    }
}
