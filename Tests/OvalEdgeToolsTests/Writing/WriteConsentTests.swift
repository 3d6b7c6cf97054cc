import JSON
import JSONRPC
import Logging
import MCP
import OvalEdge
import OvalEdgeTools
import Sandbox
import TestSupport
import Testing
import Writes

@Suite struct `Consent to a write` {
    private let sandbox = SandboxClient()
    private static let tool = "update_asset_descriptions"
    private static let change: JSON = [
        "object_id": 501, "object_type": "oetable", "business_description": "One row per order.",
    ]
    private static let forms: JSON = ["elicitation": [:]]

    /// What a client may say to a form, and what that is.
    private static let replies = [
        (#"{"action":"accept","content":{"write":true}}"#, "done"),
        (#"{"action":"accept","content":{"write":false}}"#, "declined"), (#"{"action":"decline"}"#, "declined"),
        (#"{"action":"decline","content":{"write":true}}"#, "declined"), (#"{"action":"cancel"}"#, "cancelled"),
        (#"{"action":"accept"}"#, "unanswered"), (#"{"action":"accept","content":null}"#, "unanswered"),
        (#"{"action":"accept","content":{}}"#, "unanswered"), (#"{"action":"accept","content":[]}"#, "unanswered"),
        (#"{"action":"accept","content":{"write":"true"}}"#, "unanswered"),
        (#"{"action":"accept","content":{"write":1}}"#, "unanswered"), (#"{"action":"ACCEPT"}"#, "unanswered"),
        (#"{"write":true}"#, "unanswered"),
    ]

    @Test(arguments: replies)
    func `is given, refused or not given at all in a form`(reply: String, status: String) async throws {
        let catalog = TestCatalog(sandbox)
        let session = try await catalog.session(.november2025, capabilities: Self.forms)
        session.write(Self.call(1))
        let id = try JSON(parsing: await session.read())["id"]?.text ?? ""
        session.write(#"{"jsonrpc":"2.0","id":\#(id),"result":\#(reply)}"#)
        expect(try JSON(parsing: await session.read()), is: status, in: catalog)
    }

    @Test(arguments: replies)
    func `is given, refused or not given at all in a second round`(reply: String, status: String) async throws {
        let catalog = TestCatalog(sandbox)
        let session = TestSession(ServerInfo.server(catalog))
        let open = try await session.request("tools/call", Self.round([:]))["result"]
        let key = try #require(open?["inputRequests"]?.object?.names.first)
        #expect(writes == 0)
        let answered = try await session.request(
            "tools/call",
            Self.round([
                "requestState": open?["requestState"] ?? .null, "inputResponses": [key: try JSON(parsing: reply)],
            ])
        )
        expect(answered, is: status, in: catalog)
    }

    @Test(arguments: [
        #""error":{"code":-1,"message":"User rejected the request."}"#, #""error":{"code":-32603,"message":"No."}"#,
        #""error":{"code":-32600,"message":"Method not found."}"#, #""error":{}"#,
        #""result":{"action":"accept","content":{"write":true}},"error":{"code":-32601,"message":"Unknown method."}"#,
        #""result":7"#,
    ])
    func `is not given by an error, and no token comes of it`(reply: String) async throws {
        let catalog = TestCatalog(sandbox)
        let session = try await catalog.session(.november2025, capabilities: Self.forms)
        session.write(Self.call(1))
        let id = try JSON(parsing: await session.read())["id"]?.text ?? ""
        session.write(#"{"jsonrpc":"2.0","id":\#(id),\#(reply)}"#)
        let answer = try JSON(parsing: await session.read())
        expect(answer, is: "unanswered", in: catalog)
        #expect(answer["result"]?["content"]?[0]?["text"]?.string?.hasSuffix("Remedy: confirmByToken.") == true)
    }

    @Test func `comes by token from a client that does not know forms after all`() async throws {
        let session = try await TestCatalog(sandbox).session(.november2025, capabilities: Self.forms)
        let reply = try await unknownMethod(1, in: session)
        #expect(reply["result"]?["structuredContent"]?["confirmationToken"] != nil)
        #expect(writes == 0)
    }

    @Test func `never comes by token from a client that has answered a form`() async throws {
        let catalog = TestCatalog(sandbox)
        let session = try await catalog.session(.november2025, capabilities: Self.forms)
        session.write(Self.call(1))
        let id = try JSON(parsing: await session.read())["id"]?.text ?? ""
        session.write(#"{"jsonrpc":"2.0","id":\#(id),"result":{"action":"cancel"}}"#)
        _ = await session.read()
        expect(try await unknownMethod(2, in: session), is: "unanswered", in: catalog)
    }

    @Test func `comes by token from a client that never says that it is ready`() async throws {
        let session = TestSession(ServerInfo.server(TestCatalog(sandbox)), readiness: .zero)
        let hello: JSON = ["protocolVersion": "2025-11-25", "capabilities": Self.forms]
        _ = try await session.request("initialize", hello)
        session.write(Self.call(1))
        var line = try JSON(parsing: await session.read())
        if line["method"] == "notifications/cancelled" { line = try JSON(parsing: await session.read()) }
        #expect(line["result"]?["structuredContent"]?["confirmationToken"] != nil)
        #expect(writes == 0)
    }

    @Test func `comes only in a form where the operator requires that`() async throws {
        let catalog = TestCatalog(sandbox, confirmBy: .form)
        var call = Self.change
        let refused = try await catalog.call(Self.tool, call)
        #expect(refused.isFailure && refused.text == "Remedy: confirmInForms.")
        call["write_confirmed_by_user"] = true
        call["confirmation_token"] = try await TestCatalog(sandbox).call(Self.tool, call).structured?[
            "confirmationToken"
        ]
        #expect(try await catalog.call(Self.tool, call).text == "Remedy: confirmInForms.")
        let session = try await catalog.session(.november2025, capabilities: Self.forms)
        let reply = try await unknownMethod(1, in: session)
        #expect(reply["result"]?["isError"] == true && reply["result"]?["structuredContent"] == nil)
        #expect(writes == 0)
    }

    @Test func `comes only by token where the operator requires that`() async throws {
        let session = try await TestCatalog(sandbox, confirmBy: .token).session(
            .november2025,
            capabilities: Self.forms
        )
        session.write(Self.call(1))
        let reply = try JSON(parsing: await session.read())
        #expect(reply["result"]?["structuredContent"]?["confirmationToken"] != nil)
    }

    private struct Changed {
        let words: String
        let change: @Sendable (ToolAccess) -> Void
    }

    private static let changes = [
        Changed(words: "nothing was written") { _ = $0.change(allowing: [.governance]) { _ in true } },
        Changed(words: "nothing was written") { _ = $0.change { $0 != tool } },
        Changed(words: "Remedy: confirmAgain.") { _ = $0.change(confirmBy: .token) { _ in true } },
    ]

    @Test(arguments: changes.indices)
    func `is of no use when the settings change before it is given`(index: Int) async throws {
        let changed = Self.changes[index]
        let catalog = TestCatalog(sandbox)
        let session = try await catalog.session(.november2025, capabilities: Self.forms)
        session.write(Self.call(1))
        let id = try JSON(parsing: await session.read())["id"]?.text ?? ""
        changed.change(catalog.access)
        session.write(#"{"jsonrpc":"2.0","id":\#(id),"result":{"action":"accept","content":{"write":true}}}"#)
        let reply = try JSON(parsing: await session.read())["result"]
        #expect(reply?["isError"] == true)
        #expect(reply?["content"]?[0]?["text"]?.string?.contains(changed.words) == true)
        #expect(writes == 0)
        #expect(try catalog.audit().lines.map { $0.members["outcome"] } == ["attempted", "not_sent"])
    }

    @Test func `is asked for in a few forms at a time, and other calls go on`() async throws {
        let catalog = TestCatalog(sandbox)
        let session = try await catalog.session(.november2025, capabilities: Self.forms)
        for id in 1...Conversation.questionsAtOnce {
            session.write(Self.call(id))
            #expect(try JSON(parsing: await session.read())["method"] == "elicitation/create")
        }
        session.write(Self.call(100))
        let reply = try JSON(parsing: await session.read())
        expect(reply, is: "unanswered", in: catalog)
        #expect(reply.text.contains("other forms open; answer those first."), "\(reply.text)")
    }

    private func expect(_ reply: JSON, is status: String, in catalog: TestCatalog) {
        let structured = reply["result"]?["structuredContent"]
        #expect(structured?["status"] == .string(status), "\(reply.text)")
        #expect(structured?["written"] == .bool(status == "done"))
        #expect(structured?["confirmationToken"] == nil)
        #expect(writes == (status == "done" ? 1 : 0))
        #expect((try? catalog.audit().lines.isEmpty) == (status != "done"))
    }

    private func unknownMethod(_ id: Int, in session: TestSession) async throws -> JSON {
        session.write(Self.call(id))
        let id = try JSON(parsing: await session.read())["id"]?.text ?? ""
        session.write(#"{"jsonrpc":"2.0","id":\#(id),"error":{"code":-32601,"message":"Unknown method."}}"#)
        return try JSON(parsing: await session.read())
    }

    private var writes: Int { sandbox.record.requests.count { $0.path.hasSuffix("update-asset-descriptions") } }

    private static func call(_ id: Int) -> String {
        let params: JSON = ["name": .string(tool), "arguments": change]
        return JSON.members(("jsonrpc", "2.0"), ("id", .int(id)), ("method", "tools/call"), ("params", params)).text
    }

    private static func round(_ more: JSON) -> JSON {
        var params: JSON = [
            "name": .string(tool), "arguments": change,
            "_meta": .stateless(["io.modelcontextprotocol/clientCapabilities": forms]),
        ]
        for member in more.object?.members ?? [] { params[member.name] = member.value }
        return params
    }
}

extension ServerInfo {
    /// A server of nothing but these tools.
    static func server(_ catalog: TestCatalog) -> Server {
        Server(info: ServerInfo(name: "test", version: "1", instructions: ""), tools: catalog.registry, log: .none)
    }
}
