import JSON
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct `The program as a client starts it` {
    private static let handshake = """
        {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{}}}
        {"jsonrpc":"2.0","method":"notifications/initialized"}
        {"jsonrpc":"2.0","id":2,"method":"tools/list"}
        {"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"asset_explorer","arguments":{"limit":1}}}

        """

    @Test func `answers every request of a script and leaves with zero`() throws {
        let program = try RunningProgram("oe-mcp", ["--sandbox"])
        program.write(Self.handshake)
        program.closeInput()
        let lines = program.readAll().split(separator: "\n").map { String($0) }
        #expect(program.wait() == 0)
        let answers = try lines.map { try JSON(parsing: $0) }
        #expect(Set(answers.map { $0["id"] }) == [1, 2, 3])
        #expect(answers.allSatisfy { $0["result"] != nil })
    }

    /// Rows: G001, G004.
    @Test func `writes nothing but messages to stdout, however much it logs`() throws {
        let program = try RunningProgram(
            "oe-mcp",
            ["--sandbox"],
            environment: ["LOG_LEVEL": "debug", "OVALEDGE_LOG_HTTP_REQUESTS": "true"]
        )
        program.write("{bad\n" + Self.handshake)
        program.closeInput()
        let lines = program.readAll().split(separator: "\n").map { String($0) }
        #expect(program.wait() == 0)
        #expect(lines.count == 4)
        for line in lines { #expect(try JSON(parsing: line)["jsonrpc"] == "2.0") }
        #expect(program.readErrors().contains("tool=asset_explorer"))
    }

    /// Rows: G018.
    @Test func `starts and lists without settings, and a call names the remedy`() throws {
        let program = try RunningProgram("oe-mcp")
        program.write(Self.handshake)
        program.closeInput()
        let answers = try program.readAll().split(separator: "\n").map { try JSON(parsing: String($0)) }
        #expect(program.wait() == 0)
        let call = answers.first { $0["id"] == 3 }?["result"]
        #expect(call?["isError"] == true)
        let text = call?["content"]?[0]?["text"]?.string ?? ""
        for name in ["OVALEDGE_BASE_URL", "OVALEDGE_USER_TOKEN", "OVALEDGE_USER_SECRET"] {
            #expect(text.contains(name))
        }
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `ends in order when it is asked to`(signal: Int32) throws {
        let program = try RunningProgram("oe-mcp", ["--sandbox"])
        program.write(Self.handshake)
        #expect(program.readLine() != nil)
        program.signal(signal)
        #expect(program.wait() == 0)
    }

    @Test func `leaves quietly when no one reads any more`() throws {
        let program = try RunningProgram("oe-mcp", ["--sandbox"])
        program.write(Self.handshake)
        #expect(program.readLine() != nil)
        program.closeOutput()
        #expect(program.wait() == 0)
    }

    @Test func `answers a last line that nothing ends`() throws {
        let program = try RunningProgram("oe-mcp", ["--sandbox"])
        program.write(#"{"jsonrpc":"2.0","id":"last","method":"ping"}"#)
        program.closeInput()
        #expect(program.readAll() == #"{"jsonrpc":"2.0","id":"last","result":{}}"# + "\n")
        #expect(program.wait() == 0)
    }

    /// Rows: G130, G170.
    @Test func `gives a call up when its time is over, and beats until then`() throws {
        let sandbox = try RunningProgram("oe-mcp-http", ["sandbox", "--port", "0", "--fault", "slow*=30000ms"])
        let address = try #require(sandbox.readLine())
        let program = try RunningProgram(
            "oe-mcp",
            environment: [
                "OVALEDGE_BASE_URL": address, "OVALEDGE_USER_TOKEN": "sandbox-user-token",
                "OVALEDGE_USER_SECRET": "sandbox-secret", "OVALEDGE_CALL_DEADLINE_SECONDS": "4",
            ]
        )
        program.write(
            """
            {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{}}}
            {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"asset_explorer","_meta":{"progressToken":7}}}

            """
        )
        var lines: [JSON] = []
        while lines.last?["id"] != 2, let line = program.readLine() { lines.append(try JSON(parsing: line)) }
        let beats = lines.filter { $0["method"] == "notifications/progress" }
        #expect(!beats.isEmpty)
        #expect(beats.allSatisfy { $0["params"]?["progressToken"] == 7 })
        #expect(lines.last?["result"]?["isError"] == true)
        #expect(lines.last?["result"]?["content"]?[0]?["text"]?.string?.contains(" seconds") == true)
        program.closeInput()
        #expect(program.wait() == 0)
    }
}
