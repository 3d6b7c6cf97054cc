import HTTP
import JSON
import MCP
import OvalEdge
import OvalEdgeTools
import TestSupport
import Testing

/// From a user to the roles, and from each role to those that it inherits.
@Suite struct `A chain of roles` {
    private static let call: JSON = [
        "operation": "source_system_access", "query_direction": "user_to_roles", "source_system": "snowflake",
        "username": "jsmith", "include_parent_roles": true,
    ]

    private static func roles(_ names: [String]) -> HTTPResponse {
        ScriptedOvalEdge.data(["roles": .array(names.map { ["name": .string($0)] })])
    }

    /// The value of a parameter of the query.
    private static func value(_ name: String, in request: HTTPRequest) -> String? {
        request.url.split(separator: "?").last?.split(separator: "&").first { $0.hasPrefix("\(name)=") }
            .map { String($0.dropFirst(name.count + 1)) }
    }

    private static func ovalEdge(_ parents: @escaping @Sendable (_ role: String) -> [String]?) -> ScriptedOvalEdge {
        ScriptedOvalEdge { request in
            guard value("queryDirection", in: request) == "role_to_parent_roles" else {
                return roles(["ANALYST", "PUBLIC"])
            }
            return parents(value("objectName", in: request) ?? "").map { roles($0) }
                ?? ScriptedOvalEdge.refusal(.internalServerError, "No.")
        }
    }

    private static let inherited: [String: [String]] = [
        "ANALYST": ["READER"], "READER": ["BASE", "SECRET"], "BASE": ["ANALYST"], "PUBLIC": ["BASE"],
    ]

    @Test func `is in one answer, with its cycle and what could not be read`() async throws {
        let ovalEdge = Self.ovalEdge { $0 == "SECRET" ? nil : Self.inherited[$0] ?? [] }
        let answer = try await TestCatalog(ovalEdge.client).call("access_explorer", Self.call)
        let roles = answer.structured?["data"]?["roles"]?.array ?? []
        #expect(
            roles == [
                ["name": "ANALYST", "steps": 1], ["name": "PUBLIC", "steps": 1],
                ["name": "READER", "steps": 2, "through": "ANALYST"],
                ["name": "BASE", "steps": 2, "through": "PUBLIC, READER"],
                ["name": "SECRET", "steps": 3, "through": "READER"],
            ],
            "\(roles)"
        )
        #expect(answer.text.contains("These roles inherit one another in a cycle: ANALYST → READER → BASE → ANALYST."))
        #expect(answer.text.contains("The parents of SECRET could not be read."))
        #expect(answer.text.contains("| BASE | 2 | PUBLIC, READER |"), "\(answer.text)")
        #expect(Set(ovalEdge.requests.map { $0.url }).count == 6 && answer.structured?["total"] == 5)
    }

    @Test func `ends at a stated number of requests`() async throws {
        let ovalEdge = Self.ovalEdge { ["\($0)L", "\($0)R"] }
        let answer = try await TestCatalog(ovalEdge.client).call("access_explorer", Self.call)
        #expect(ovalEdge.requests.count == 41)
        #expect(answer.text.contains("as one call makes 40 requests at most"), "\(answer.text)")
        #expect(answer.text.contains("and 32 more were not asked for") && answer.structured?["total"] == 82)
    }

    @Test func `begins at a role, too`() async throws {
        var call = Self.call
        call["query_direction"] = "role_to_parent_roles"
        call["username"] = nil
        call["object_name"] = "ANALYST"
        let ovalEdge = Self.ovalEdge { Self.inherited[$0] ?? [] }
        let answer = try await TestCatalog(ovalEdge.client).call("access_explorer", call)
        let roles = answer.structured?["data"]?["roles"]?.array ?? []
        #expect(roles.compactMap { $0["name"]?.string } == ["READER", "BASE", "SECRET"])
        #expect(answer.text.contains("ANALYST → READER → BASE → ANALYST"))
        #expect(ovalEdge.requests.count == 4)
    }

    @Test func `is named where it was not asked for`() async throws {
        var call = Self.call
        call["include_parent_roles"] = nil
        let ovalEdge = Self.ovalEdge { _ in [] }
        let answer = try await TestCatalog(ovalEdge.client).call("access_explorer", call)
        #expect(answer.text.contains("call again with `include_parent_roles` true"))
        #expect(ovalEdge.requests.count == 1)
    }

    @Test func `says how far it has come`() async throws {
        let ovalEdge = Self.ovalEdge { Self.inherited[$0] ?? [] }
        let session = try await TestCatalog(ovalEdge.client).session()
        let params: JSON = ["name": "access_explorer", "arguments": Self.call, "_meta": ["progressToken": "p"]]
        let message: JSON = ["jsonrpc": "2.0", "id": 77, "method": "tools/call", "params": params]
        session.write(message.text)
        var line = ""
        var told: [String] = []
        while !line.contains(#""id":77"#) {
            line = await session.read()
            if let message = try JSON(parsing: line)["params"]?["message"]?.string { told.append(message) }
        }
        #expect(told.contains("Parents of role ANALYST"), "\(told)")
    }
}
