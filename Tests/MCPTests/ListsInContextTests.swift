import JSON
import JSONRPC
import Logging
import MCP
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct `A list` {
    private func server(_ tools: any ToolRegistry) -> Server {
        Server(info: FixtureServer.info, tools: tools, changes: .tools, log: .none)
    }

    @Test func `is that of whom it is for, and made once for all who are listed the same`() async throws {
        let tools = TeamTools()
        let server = server(tools)
        for (name, team) in [("ann", "red"), ("bob", "blue"), ("cid", "red"), ("ann", "red")] {
            let session = TestSession(server, for: Principal(name, scopes: [team]))
            try await session.open()
            #expect(try await session.names() == ["of_\(team)"])
            #expect(try await session.names() == ["of_\(team)"])
        }
        #expect(tools.made == ["red", "blue"])
    }

    @Test func `may come from elsewhere, and what is late keeps nothing else waiting`() async throws {
        let latch = Latch()
        let session = TestSession(
            server(
                DistantTools {
                    await latch.passed()
                    return ["far"]
                }
            )
        )
        try await session.open()
        session.write(#"{"jsonrpc":"2.0","id":"list","method":"tools/list"}"#)
        #expect(try await session.request("ping")["result"] == [:])
        latch.pass()
        let reply = try JSON(parsing: await session.read())
        #expect(reply["id"] == "list" && reply["result"]?["tools"]?[0]?["name"] == "far")
    }

    @Test func `that cannot be had fails with the reason, and is asked for again`() async throws {
        let tries = Mutex(0)
        let tools = DistantTools {
            let isFirst = tries.withLock { tries in
                tries += 1
                return tries == 1
            }
            if isFirst { throw RPCError(code: -32603, "The other server is away. Try again.") }
            return ["far"]
        }
        let session = TestSession(server(tools))
        try await session.open()
        #expect(try await session.request("tools/list")["error"]?["message"] == "The other server is away. Try again.")
        #expect(try await session.names() == ["far"])
        #expect(try await session.names() == ["far"])
        #expect(tries.withLock { $0 } == 2)
    }

    @Test func `that changes while it is asked for is not kept`() async throws {
        let (asked, latch) = (Latch(), Latch())
        let names = Mutex(["old"])
        let tools = DistantTools {
            let now = names.withLock { $0 }
            asked.pass()
            await latch.passed()
            return now
        }
        let server = server(tools)
        let session = TestSession(server)
        try await session.open()
        session.write(#"{"jsonrpc":"2.0","id":"list","method":"tools/list"}"#)
        await asked.passed()
        names.withLock { $0 = ["new"] }
        server.changed(.tools)
        latch.pass()
        let lines = [await session.read(), await session.read()]
        #expect(lines.contains { $0.contains(#""name":"old""#) })
        #expect(lines.contains { $0.contains("notifications/tools/list_changed") })
        #expect(try await session.names() == ["new"])
    }

    @Test func `that changes while its audience is asked for is not kept`() async throws {
        let tools = ShiftingTools()
        let server = Server(info: FixtureServer.info, tools: tools, log: .none)
        tools.change.withLock { $0 = { server.changed(.tools) } }
        let session = TestSession(server)
        try await session.open()
        for _ in 0..<3 { #expect(try await session.names() == ["any"]) }
        #expect(tools.made.withLock { $0 } == 2)
    }
}

extension TestSession {
    fileprivate func names() async throws -> [String?] {
        try await request("tools/list")["result"]?["tools"]?.array?.map { $0["name"]?.string } ?? []
    }
}

/// A tool for each team; the team is a scope.
private final class TeamTools: ToolRegistry {
    private let teams = Mutex<[String]>([])

    /// For which teams a list was made.
    var made: [String] { teams.withLock { $0 } }

    func audience(in context: RequestContext) -> Audience { Audience(Self.team(context)) }

    func listings(in context: RequestContext) -> Listed<ToolListing> {
        let team = Self.team(context)
        teams.withLock { $0.append(team) }
        return .now([.named("of_\(team)")])
    }

    func knows(_ name: String, in context: RequestContext) -> Bool { name == "of_\(Self.team(context))" }

    func call(_ name: String, arguments: JSONObject, in context: RequestContext) async throws -> Answer { Answer(name) }

    private static func team(_ context: RequestContext) -> String { context.principal.scopes?.first ?? "" }
}

/// Tools of another server.
private struct DistantTools: ToolRegistry {
    let names: @Sendable () async throws -> [String]

    func listings(in context: RequestContext) -> Listed<ToolListing> {
        .later { [names] in try await names().map { .named($0) } }
    }

    func knows(_ name: String, in context: RequestContext) -> Bool { true }

    func call(_ name: String, arguments: JSONObject, in context: RequestContext) async throws -> Answer { Answer(name) }
}

/// A tool that changes once, when it is asked for whom it is.
private final class ShiftingTools: ToolRegistry {
    let change = Mutex<(@Sendable () -> Void)?>(nil)
    /// How often a list was made.
    let made = Mutex(0)

    func audience(in context: RequestContext) -> Audience {
        let change = change.withLock { change in
            defer { change = nil }
            return change
        }
        change?()
        return .everyone
    }

    func listings(in context: RequestContext) -> Listed<ToolListing> {
        made.withLock { $0 += 1 }
        return .now([.named("any")])
    }

    func knows(_ name: String, in context: RequestContext) -> Bool { name == "any" }

    func call(_ name: String, arguments: JSONObject, in context: RequestContext) async throws -> Answer { Answer(name) }
}

extension ToolListing {
    fileprivate static func named(_ name: String) -> ToolListing {
        ToolListing(
            ToolDefinition(name: name, title: name, effect: .reads, summary: "Made up."),
            inputSchema: ["type": "object"]
        )
    }
}
