import HTTP
import JSON
import OvalEdge
import Synchronization
import TestSupport
import Testing

/// Work that takes many requests, given up or watched on its way.
@Suite struct `Work of many requests` {
    private static let lineage: JSON = ["object_id": 5, "object_type": "oechart", "depth": 3]

    @Test(
        arguments: [
            ("asset_explorer", ["count_by": "type"], 3), ("asset_explorer", ["missing": ["owner"]], 4),
            ("asset_lineage", lineage, 4),
            ("asset_lineage", ["object_id": 5, "object_type": "oechart", "depth": 3, "count_by": "owner"], 10),
        ] as [(String, JSON, Int)]
    )
    func `ends with its cancellation, unanswered, and asks nothing more`(
        tool: String,
        arguments: JSON,
        held: Int
    ) async throws {
        let client: any HTTPClient =
            tool == "asset_explorer"
            ? PagedOvalEdge(PagedOvalEdge.columns(900)) : LineageStandIn.report(on: 8).client
        let holding = HoldingHTTP(client, from: held)
        let session = try await TestCatalog(holding).session()
        let call: JSON = ["name": .string(tool), "arguments": arguments]
        session.write((["jsonrpc": "2.0", "id": 9, "method": "tools/call", "params": call] as JSON).text)
        await holding.isHeld.passed()
        session.write(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":9}}"#)
        await session.idle()
        #expect(session.unread.isEmpty, "\(session.unread)")
        // What was under way side by side with the one that was held.
        #expect(holding.count <= held + 5)
        #expect(try await session.request("ping")["result"] == [:])
    }

    @Test func `says which lineage it has read, of how many`() async throws {
        let session = try await LineageStandIn.report(on: 8).catalog.session()
        let call: JSON = ["name": "asset_lineage", "arguments": Self.lineage, "_meta": ["progressToken": 7]]
        session.write((["jsonrpc": "2.0", "id": 9, "method": "tools/call", "params": call] as JSON).text)
        var messages: [String] = []
        while let line = try? JSON(parsing: await session.read()), line["id"] != 9 {
            messages.append(line["params"]?["message"]?.string ?? "")
        }
        // Three of the furthest are asked for more.
        let expected = (1...8).map { "lineage \($0) of 8" } + (9...11).map { "lineage \($0) of 11" }
        #expect(messages == expected, "\(messages)")
    }
}

/// Passes requests on, but from one on holds each until its task is cancelled.
private final class HoldingHTTP: HTTPClient {
    /// Passed as soon as one is held.
    let isHeld = Latch()
    private let client: any HTTPClient
    private let first: Int
    private let asked = Mutex(0)

    init(_ client: any HTTPClient, from first: Int) {
        self.client = client
        self.first = first
    }

    /// How many came, without those that sign in.
    var count: Int { asked.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        guard !request.url.hasSuffix(TokenExchange.path) else { return try await client.send(request) }
        let number = asked.withLock { count in
            count += 1
            return count
        }
        guard number >= first else { return try await client.send(request) }
        let release = Latch()
        isHeld.pass()
        await withTaskCancellationHandler {
            await release.passed()
        } onCancel: {
            release.pass()
        }
        throw .cancelled
    }
}
