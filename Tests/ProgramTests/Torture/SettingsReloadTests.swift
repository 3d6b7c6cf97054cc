import JSON
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite(.ownThread) struct `Settings read again on SIGHUP` {
    /// Those that `asset_*` names.
    private static let tools = ["asset_explorer", "asset_details", "asset_lineage"]

    private func client(_ file: String, environment: [String: String] = [:]) throws -> Conversation {
        let client = try Conversation(
            ["--sandbox", "--env-file", ".env"],
            environment: environment,
            files: [".env": file]
        )
        #expect(try client.everything().isEmpty)
        return client
    }

    /// Rows: G143.
    @Test func `change which tools there are, and clients are notified`() throws {
        let client = try client("OVALEDGE_TOOLS=asset_*\n")
        client.listen("l", ["toolsListChanged": true])
        #expect(try client.answer()["method"] == "notifications/subscriptions/acknowledged")
        #expect(try client.tools() == Self.tools, "Is a tool `asset_…` meant to be new? Add it to `tools`.")
        client.program.write("OVALEDGE_TOOLS=knowledge_*,asset_*\nOVALEDGE_TOOLS_EXCLUDE=asset_*", to: ".env")
        client.program.signal(SIGHUP)
        let notices = try (1...4).map { _ in try client.answer() }
        #expect(notices.filter { $0["method"] == "notifications/tools/list_changed" }.count == 2)
        #expect(notices.filter { $0["params"]?["_meta"] != nil }.count == 1)
        #expect(try client.tools() == ["knowledge_search"])
        client.call(9)
        #expect(try client.answer()["error"]?["message"]?.string?.contains("is disabled on this server") == true)
    }

    @Test(arguments: ["2025-11-25", "2026-07-28"])
    func `change what the instructions speak of`(revision: String) throws {
        let client = try Conversation(
            ["--sandbox", "--env-file", ".env"],
            revision: nil,
            files: [".env": "OVALEDGE_TOOLS=asset_*\n"]
        )
        #expect(try client.instructions(revision).contains("asset_lineage"))
        client.program.write("OVALEDGE_TOOLS=asset_explorer\n", to: ".env")
        client.program.signal(SIGHUP)
        #expect(client.program.logs("settings read again tools=1"))
        let now = try client.instructions(revision)
        #expect(now.contains("asset_explorer") && !now.contains("asset_lineage"))
    }

    @Test func `say nothing when the tools are the same, and that others wait for a new start`() throws {
        let client = try client("MCP_SERVER_NAME=One\nOVALEDGE_TOOLS=asset_*\n")
        client.program.write(
            "MCP_SERVER_NAME=Two\nOVALEDGE_TOOLS=asset_*\nOVALEDGE_USER_SECRET=hunter2hunter2\n",
            to: ".env"
        )
        client.program.signal(SIGHUP)
        #expect(client.program.logs("settings read again tools=\(Self.tools.count)"))
        #expect(try client.everything().isEmpty)
        client.program.closeInput()
        #expect(client.program.wait() == 0)
        let log = client.program.readErrors()
        #expect(log.contains("OVALEDGE_USER_SECRET, MCP_SERVER_NAME changed. Restart oe-mcp"))
        #expect(!log.contains("hunter2"))
    }

    @Test(arguments: ["OVALEDGE_TOOLS=asset_explorr\n", "no setting\n", "OVALEDGE_TOOLS=x\nLOG_LEVEL=loud\n"])
    func `leave everything as it is when they cannot be used`(file: String) throws {
        let client = try client("OVALEDGE_TOOLS=asset_*\n")
        client.program.write(file, to: ".env")
        client.program.signal(SIGHUP)
        #expect(client.program.logs("SIGHUP: reload failed, keeping the current settings."))
        #expect(try client.everything().isEmpty)
        #expect(try client.tools() == Self.tools, "Is a tool `asset_…` meant to be new? Add it to `tools`.")
    }

    @Test func `are not taken from a file that others can write by now, whatever the log's level`() throws {
        let client = try client("OVALEDGE_TOOLS=asset_*\n", environment: ["LOG_LEVEL": "error"])
        client.program.write("OVALEDGE_TOOLS=knowledge_search\n", to: ".env")
        try #require(chmod("\(client.program.folder)/.env", 0o666) == 0)
        client.program.signal(SIGHUP)
        #expect(client.program.logs("chmod 600 .env"))
        #expect(try client.tools() == Self.tools, "Is a tool `asset_…` meant to be new? Add it to `tools`.")
    }

    @Test func `do not override the environment`() throws {
        let client = try client("", environment: ["OVALEDGE_TOOLS": "knowledge_search"])
        client.program.write("OVALEDGE_TOOLS=asset_*", to: ".env")
        client.program.signal(SIGHUP)
        #expect(client.program.logs("settings read again tools=1"))
        #expect(try client.everything().isEmpty)
        #expect(try client.tools() == ["knowledge_search"])
    }

    @Test func `are read on every signal, during all other work`() throws {
        let client = try client("OVALEDGE_TOOLS=asset_*\n")
        var pings = 0
        for round in 1...40 {
            client.program.write("OVALEDGE_TOOLS=\(round % 2 == 0 ? "asset_*" : "knowledge_search")\n", to: ".env")
            client.program.signal(SIGHUP)
            client.ping("\(round)")
            while true {
                let message = try client.answer()
                guard message["id"]?.string != nil else { continue }
                pings += 1
                break
            }
        }
        #expect(pings == 40)
        while try client.tools() != ["asset_explorer", "asset_details", "asset_lineage"] {}
        client.program.signal(SIGTERM)
        #expect(client.program.wait() == 0)
    }
}

@Suite(.ownThread) struct `A request that listens, at the end of the program` {
    /// Rows: G188.
    @Test func `is answered at once when the input ends`() throws {
        let client = try Conversation(["--sandbox"])
        client.listen("l", ["toolsListChanged": true])
        #expect(try client.answer()["params"]?["notifications"] == ["toolsListChanged": true])
        let (seconds, code) = timed {
            client.program.closeInput()
            return client.program.wait()
        }
        #expect(code == 0)
        #expect(seconds < 1)
        try expectEnd(of: client)
    }

    /// Rows: G188.
    @Test(arguments: [SIGTERM, SIGINT])
    func `is answered at once when a signal comes`(signal: Int32) throws {
        let client = try Conversation(["--sandbox"])
        client.listen("l", ["toolsListChanged": true])
        #expect(try client.answer()["method"] == "notifications/subscriptions/acknowledged")
        let (seconds, code) = timed {
            client.program.signal(signal)
            return client.program.wait()
        }
        #expect(code == 0)
        #expect(seconds < 1)
        try expectEnd(of: client)
    }

    private func expectEnd(of client: Conversation) throws {
        let rest = try client.rest()
        #expect(rest.count == 1)
        #expect(rest.first?["id"] == "l")
        #expect(rest.first?["result"]?["resultType"] == "complete")
        #expect(rest.first?["result"]?["_meta"]?["io.modelcontextprotocol/subscriptionId"] == "l")
    }
}

extension Conversation {
    /// What a client that asks now gets about this server.
    fileprivate func instructions(_ revision: String) throws -> String {
        let isStateless = revision == "2026-07-28"
        let parameters: JSON =
            isStateless
            ? ["_meta": .stateless()]
            : ["protocolVersion": .string(revision), "capabilities": [:], "clientInfo": ["name": "t", "version": "1"]]
        let message: JSON = [
            "jsonrpc": "2.0", "id": "who", "method": .string(isStateless ? "server/discover" : "initialize"),
            "params": parameters,
        ]
        send(message.text)
        while true {
            let message = try answer()
            guard message["id"] == "who" else { continue }
            return message["result"]?["instructions"]?.string ?? ""
        }
    }

    fileprivate func listen(_ id: String, _ filter: JSON) {
        let message: JSON = [
            "jsonrpc": "2.0", "id": .string(id), "method": "subscriptions/listen",
            "params": ["notifications": filter, "_meta": .stateless()],
        ]
        send(message.text)
    }

    /// The tools that are listed, whatever is said before.
    fileprivate func tools() throws -> [String] {
        send(#"{"jsonrpc":"2.0","id":"tools","method":"tools/list"}"#)
        while true {
            let message = try answer()
            guard message["id"] == "tools" else { continue }
            return message["result"]?["tools"]?.array?.compactMap { $0["name"]?.string } ?? []
        }
    }
}
