import JSON
import Logging
import MCP
import TestSupport
import Testing

@Suite struct `A result` {
    private static let listing = ["tools/list", "resources/list", "resources/templates/list", "prompts/list"]
    private static let others: [(String, JSON)] = [
        ("tools/call", ["name": "echo", "arguments": ["text": "x"]]), ("tools/call", ["name": "fail"]),
        ("prompts/get", ["name": "greet", "arguments": ["who": "Ada"]]),
        (
            "completion/complete",
            ["ref": ["type": "ref/prompt", "name": "greet"], "argument": ["name": "who", "value": ""]]
        ),
    ]
    private static let kept: [(String, JSON)] =
        [("server/discover", [:]), ("resources/read", ["uri": "test://text"])] + listing.map { ($0, [:]) }

    private func session(_ revision: Revision) async throws -> TestSession {
        let session = TestSession(FixtureServer.server())
        try await session.open(revision)
        return session
    }

    /// Rows: G072, G093, G094, G097, G227.
    @Test func `says in 2026-07-28 that it is whole, and who gave it`() async throws {
        let session = try await session(.july2026)
        for (method, params) in Self.kept + Self.others {
            let result = try await session.request(method, params)["result"]
            #expect(result?["resultType"] == "complete", "\(method)")
            #expect(result?["_meta"]?["io.modelcontextprotocol/serverInfo"]?["name"] == "test", "\(method)")
            #expect(result?["_meta"]?["io.modelcontextprotocol/serverInfo"]?["version"] == "1", "\(method)")
        }
        for (method, params) in Self.others {
            let result = try await session.request(method, params)["result"]
            #expect(result?["ttlMs"] == nil && result?["cacheScope"] == nil, "\(method)")
        }
    }

    /// Rows: G095, G099.
    @Test func `that may be kept says how long, and that it is the caller's own`() async throws {
        let session = try await session(.july2026)
        for (method, params) in Self.kept {
            let result = try await session.request(method, params)["result"]
            #expect(result?["ttlMs"]?.int ?? -1 >= 0, "\(method)")
            #expect(result?["cacheScope"] == "private", "\(method)")
        }
    }

    /// Rows: G059.
    @Test(arguments: `A handshake`.revisions)
    func `has nothing of 2026-07-28 before it`(revision: Revision) async throws {
        let session = try await session(revision)
        for (method, params) in Self.kept.dropFirst() + Self.others {
            let reply = try await session.request(method, params)
            #expect(reply["result"] != nil, "\(method)")
            for name in ["resultType", "ttlMs", "cacheScope"] { #expect(reply["result"]?[name] == nil, "\(method)") }
            #expect(!reply.text.contains("io.modelcontextprotocol/"), "\(method)")
        }
    }

    /// Rows: G021, G022, G023, G024, G042.
    @Test(arguments: Revision.allCases)
    func `or an error is all there is, short and under its id`(revision: Revision) async throws {
        let session = try await session(revision)
        let wrong: [(String, JSON)] = [
            ("tools/call", [:]), ("tools/call", ["name": "nope"]), ("resources/read", ["uri": "test://nope"]),
            ("resources/read", [:]), ("prompts/get", ["name": "nope"]), ("prompts/get", ["name": "greet"]),
            ("completion/complete", [:]), ("tools/list", ["cursor": "x"]), ("nope", [:]),
            ("prompts/get", ["name": "break"]),
        ]
        for (method, params) in Self.kept + Self.others + wrong
        where revision.isStateless || method != "server/discover" {
            let reply = try await session.request(method, params)
            #expect(reply["jsonrpc"] == "2.0")
            #expect(reply["id"]?.int != nil)
            #expect((reply["result"] == nil) != (reply["error"] == nil))
            guard let error = reply["error"] else { continue }
            #expect(error["code"]?.int != nil)
            let message = error["message"]?.string ?? ""
            #expect((10...250).contains(message.count) && !message.contains("\n"), "\(message)")
        }
    }

    /// Rows: G041.
    @Test(arguments: Revision.allCases)
    func `does not depend on members that no one knows`(revision: Revision) async throws {
        let session = try await session(revision)
        for (method, params) in Self.kept + Self.others where revision.isStateless || method != "server/discover" {
            let plain = try await session.request(method, params)["result"]
            var more = params
            more["x"] = 1
            more["_meta"] = revision.isStateless ? .stateless(["com.example/x": 1]) : ["com.example/x": 1]
            let other = try await session.request(method, more)["result"]
            // A cursor is sealed again each time; a page is encoded once.
            #expect(plain == other, "\(method)")
        }
    }

    /// Rows: G037, G134, G135.
    @Test(arguments: Revision.allCases)
    func `is an error of its own revision when there is no such resource`(revision: Revision) async throws {
        let session = try await session(revision)
        for uri in ["test://nope", "test://nothing", "test://word/secret", "test://last/x"] {
            let error = try await session.request("resources/read", ["uri": .string(uri)])["error"]
            #expect(error?["code"] == (revision.isStateless ? -32602 : -32002))
            #expect(error?["data"]?["uri"]?.string == uri)
        }
    }

    /// Rows: G033.
    @Test(arguments: Revision.allCases)
    func `gives nothing of the inside away when something breaks`(revision: Revision) async throws {
        let session = try await session(revision)
        let prompt = try await session.request("prompts/get", ["name": "break"])
        #expect(prompt["error"]?["code"] == -32603)
        // What is wrong with a tool is for the model to know.
        let tool = try await session.request("tools/call", ["name": "break"])
        #expect(tool["result"]?["isError"] == true)
        for reply in [prompt, tool] {
            #expect(!reply.text.contains(FixtureServer.Broken.secret) && !reply.text.contains(".swift"))
        }
    }
}
