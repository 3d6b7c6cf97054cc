import HTTP
import JSON
import MCP
import OvalEdge
import OvalEdgeTools
import TestSupport
import Testing

/// Hundreds of rights of one person: what they come through, where they are held, and each of them.
@Suite struct `Many rights` {
    private static let call: JSON = [
        "operation": "source_system_access", "query_direction": "user_to_objects", "source_system": "snowflake",
        "username": ["jsmith"],
    ]

    private static let grants: [JSON] = [("ANALYST", 60), ("READER", 334), ("PUBLIC", 2)].flatMap { role, count in
        (0..<count).map { number -> JSON in
            [
                "principal": "jsmith", "objectLevel": "table", "connectionId": 7, "grantMechanism": "role",
                "objectPath": .string("dw.s\(number % 3).\(role.lowercased())_\(number)"),
                "contributingRole": .string(role), "privileges": ["SELECT"],
            ]
        }
    }

    private func ask(_ more: JSON = [:]) async throws -> Answer {
        let ovalEdge = ScriptedOvalEdge { _ in ScriptedOvalEdge.data(["grants": .array(Self.grants)]) }
        var call = Self.call
        for member in more.object?.members ?? [] { call[member.name] = member.value }
        return try await TestCatalog(ovalEdge.client).call("access_explorer", call)
    }

    @Test func `are summed up by role and by schema`() async throws {
        let answer = try await ask()
        #expect(
            answer.text.contains(
                """
                396 rights of 1 principal; by level: table 396; through READER 334, ANALYST 60, PUBLIC 2; \
                in dw.s0 133, dw.s1 132, dw.s2 131.
                """
            ),
            "\(answer.text.prefix(400))"
        )
        #expect(
            answer.structured?["data"]?["summary"]?["byRole"] == [
                ["name": "READER", "rights": 334], ["name": "ANALYST", "rights": 60], ["name": "PUBLIC", "rights": 2],
            ]
        )
    }

    @Test func `are all there, row by row`() async throws {
        var (row, paths): (Int?, [String]) = (1, [])
        while let first = row {
            let answer = try await ask(["first_row": .int(first)])
            #expect(answer.structured?["total"] == 396)
            let shown = answer.structured?["data"]?["grants"]?.array ?? []
            #expect(answer.structured?["returned"] == .int(shown.count))
            paths += shown.compactMap { $0["objectPath"]?.string }
            row = answer.structured?["nextRow"]?.int
            #expect(row == nil || answer.text.contains("call again with `first_row` \(row ?? 0)."))
            #expect(answer.structured?["complete"] == false)
        }
        #expect(paths == Self.grants.compactMap { $0["objectPath"]?.string })
        let beyond = try await ask(["first_row": 397])
        #expect(beyond.text.contains("There is no row 397; the last one is 396."))
    }

    @Test(
        arguments: [
            ("role", "| Through |", ["READER", "ANALYST", "PUBLIC"]),
            ("schema", "| In |", ["dw.s0", "dw.s1", "dw.s2"]),
        ]
    )
    func `are counted by what is asked for`(by: String, head: String, names: [String]) async throws {
        let answer = try await ask(["group_by": .string(by)])
        let groups = answer.structured?["groups"]?.array ?? []
        #expect(groups.compactMap { $0["name"]?.string } == names)
        #expect(groups.reduce(0) { $0 + ($1["rights"]?.int ?? 0) } == 396)
        #expect(answer.structured?["data"]?["grants"] == nil && answer.structured?["complete"] == true)
        #expect(answer.text.contains(head) && answer.text.contains("| \(names[0]) | "))
    }

    @Test func `are counted by privilege in each group, and objects of one path in two connections as two`()
        async throws
    {
        let grants = (0..<48).map { number -> JSON in
            [
                "principal": "pnair", "objectLevel": "table", "connectionId": .int(7 + number % 2),
                "objectPath": .string("dw.HR.t\(number / 2)"),
                "privileges": .string(number < 4 ? "SELECT, INSERT" : "SELECT"),
            ]
        }
        let ovalEdge = ScriptedOvalEdge { _ in ScriptedOvalEdge.data(["grants": .array(grants)]) }
        var call = Self.call
        call["group_by"] = "schema"
        let answer = try await TestCatalog(ovalEdge.client).call("access_explorer", call)
        #expect(answer.text.contains("| dw.HR | 48 | 1 | 48 | SELECT 48, INSERT 4 |"), "\(answer.text)")
        let group = answer.structured?["groups"]?[0]
        #expect(group?["rightsByPrivilege"]?[1] == ["name": "INSERT", "rights": 4])
    }

    @Test func `are counted and followed only where that can be done`() {
        var call: JSON = ["operation": "source_system_access", "source_system": "snowflake", "username": "ann"]
        call["query_direction"] = "user_to_roles"
        call["group_by"] = "role"
        #expect(mistakes(AccessExplorer.self, call).first?.hasPrefix("`group_by` goes with `query_direction`") == true)
        call["group_by"] = nil
        call["query_direction"] = "user_to_objects"
        call["include_parent_roles"] = true
        #expect(mistakes(AccessExplorer.self, call).first?.hasPrefix("`include_parent_roles` goes with") == true)
    }
}
