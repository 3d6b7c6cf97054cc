import HTTP
import JSON
import MCP
import OvalEdge
import OvalEdgeTools
import Sandbox
import Synchronization
import TestSupport
import Testing
import Writes

@Suite(.timeLimit(.minutes(1))) struct `Two writers` {
    private static let tool = "update_custom_field_value"
    private static let yes: JSON = ["action": "accept", "content": ["write": true]]
    private let sandbox = SandboxClient()
    private let catalog: TestCatalog

    init() { catalog = TestCatalog(sandbox) }

    private static func adding(_ value: String) -> JSON {
        [
            "object_id": 501, "object_type": "oetable", "code_update_mode": "add",
            "field_updates": [["field_name": "Region", "value": .string(value)]],
        ]
    }

    @Test func `do not lose what the other wrote while they were asked`() async throws {
        let (one, two) = (try await session(), try await session())
        let first = try await question(of: Self.adding("APAC"), in: one)
        let second = try await question(of: Self.adding("AMER"), in: two)
        #expect(try await answered(first, in: one)["result"]?["structuredContent"]?["now"] == ["Region": "EMEA,APAC"])
        let again = try await answered(second, in: two)
        #expect(again["params"]?["message"]?.string?.contains("- new: EMEA,APAC,AMER\n  - current: EMEA,APAC") == true)
        let done = try await answered(again, in: two)
        #expect(done["result"]?["structuredContent"]?["now"] == ["Region": "EMEA,APAC,AMER"])
        #expect(try catalog.audit().lines.last?.members["before"] == ["Region": "EMEA,APAC"])
    }

    @Test func `do not lose what the other writes when both agree at once`() async throws {
        let (one, two) = (try await session(), try await session())
        let first = try await question(of: Self.adding("APAC"), in: one)
        let second = try await question(of: Self.adding("AMER"), in: two)
        one.write(Self.reply(to: first))
        two.write(Self.reply(to: second))
        for session in [one, two] {
            let line = try JSON(parsing: await session.read())
            if line["method"] != nil { _ = try await answered(line, in: session) }
        }
        let now = try await catalog.call("asset_details", ["object_id": 501, "object_type": "oetable"])
        #expect(now.text.contains("EMEA") && now.text.contains("APAC") && now.text.contains("AMER"))
    }

    @Test func `do not lose what the other wrote between the rounds`() async throws {
        let session = TestSession(ServerInfo.server(catalog))
        let first = try await session.request("tools/call", Self.round(Self.adding("APAC")))["result"] ?? [:]
        let second = try await session.request("tools/call", Self.round(Self.adding("AMER")))["result"] ?? [:]
        let done = try await session.request("tools/call", Self.round(Self.adding("APAC"), after: first))
        #expect(done["result"]?["structuredContent"]?["now"] == ["Region": "EMEA,APAC"])
        let again = try await session.request("tools/call", Self.round(Self.adding("AMER"), after: second))["result"]
        let form = again?["inputRequests"]?.object?.members.first?.value["params"]?["message"]?.string
        #expect(form?.contains("- new: EMEA,APAC,AMER\n  - current: EMEA,APAC") == true)
        let last = try await session.request("tools/call", Self.round(Self.adding("AMER"), after: again ?? [:]))
        #expect(last["result"]?["structuredContent"]?["now"] == ["Region": "EMEA,APAC,AMER"])
    }

    @Test func `have no token for what has changed since the preview`() async throws {
        let change: (String) -> JSON = { text in
            ["object_id": 501, "object_type": "oetable", "business_description": .string(text)]
        }
        let preview = try await catalog.call("update_asset_descriptions", change("A"))
        _ = try await catalog.confirmed("update_asset_descriptions", change("B"))
        var late = change("A")
        late["write_confirmed_by_user"] = true
        late["confirmation_token"] = preview.structured?["confirmationToken"]
        let refused = try await catalog.call("update_asset_descriptions", late)
        #expect(refused.isFailure && refused.text.contains("the current values have changed since"))
        let now = try await catalog.call("asset_details", ["object_id": 501, "object_type": "oetable"])
        #expect(now.text.contains("«k3x9q2 B k3x9q2»"))
    }

    @Test func `have no token for an object that has another name by now`() async throws {
        let name = Mutex("orders")
        let catalog = TestCatalog(
            AnsweringHTTP { [sandbox] request throws(HTTPFailure) in
                let response = try await sandbox.send(request)
                guard request.url.contains("asset-details") else { return response }
                return response.replacing("objectName", with: .string(name.withLock { $0 }))
            }
        )
        var call: JSON = ["object_id": 501, "object_type": "oetable", "role_updates": ["owner": "lena"]]
        call["confirmation_token"] = try await catalog.call("update_governance_roles", call)
            .structured?["confirmationToken"]
        call["write_confirmed_by_user"] = true
        name.withLock { $0 = "salaries" }
        #expect(try await catalog.call("update_governance_roles", call).isFailure)
        #expect(try catalog.audit().lines.isEmpty)
    }

    @Test func `are told when the current state changes each time they agree`() async throws {
        let count = Atomic(0)
        let catalog = TestCatalog(
            AnsweringHTTP { [sandbox] request throws(HTTPFailure) in
                let response = try await sandbox.send(request)
                guard request.url.contains("custom-fields") else { return response }
                let number = count.add(1, ordering: .relaxed).newValue
                return response.replacing("currentValue", with: .string("AMER,\(number)"))
            }
        )
        let session = try await catalog.session(.november2025, capabilities: ["elicitation": [:]])
        var line = try await question(of: Self.adding("APAC"), in: session)
        var questions = 0
        while line["method"] != nil, questions < 10 {
            questions += 1
            line = try await answered(line, in: session)
        }
        #expect(questions == 3)
        #expect(line["result"]?["isError"] == true)
        #expect(line["result"]?["content"]?[0]?["text"]?.string?.contains("changed each time") == true)
        #expect(try catalog.audit().lines.isEmpty)
    }

    private func session() async throws -> TestSession {
        try await catalog.session(.november2025, capabilities: ["elicitation": [:]])
    }

    private func question(of arguments: JSON, in session: TestSession) async throws -> JSON {
        let params: JSON = ["name": .string(Self.tool), "arguments": arguments]
        session.write(
            JSON.members(("jsonrpc", "2.0"), ("id", 7), ("method", "tools/call"), ("params", params)).text
        )
        return try JSON(parsing: await session.read())
    }

    private func answered(_ question: JSON, in session: TestSession) async throws -> JSON {
        session.write(Self.reply(to: question))
        return try JSON(parsing: await session.read())
    }

    private static func reply(to question: JSON) -> String {
        JSON.members(("jsonrpc", "2.0"), ("id", question["id"] ?? .null), ("result", yes)).text
    }

    private static func round(_ arguments: JSON, after result: JSON? = nil) -> JSON {
        var params: JSON = [
            "name": .string(tool), "arguments": arguments,
            "_meta": .stateless(["io.modelcontextprotocol/clientCapabilities": ["elicitation": [:]]]),
        ]
        guard let result else { return params }
        params["requestState"] = result["requestState"]
        let keys = result["inputRequests"]?.object?.names ?? []
        params["inputResponses"] = .object(JSONObject(keys.map { .init($0, yes) }))
        return params
    }
}
