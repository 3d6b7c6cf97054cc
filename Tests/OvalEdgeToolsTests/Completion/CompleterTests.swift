import HTTP
import JSON
import Logging
import MCP
import OvalEdge
import OvalEdgeContent
import OvalEdgeTools
import Sandbox
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct `What a person types is completed` {
    private let clock = TestClock()

    private func completer(_ client: any HTTPClient, _ names: CompletionCache = CompletionCache()) -> Completer {
        completer(TestCatalog(client), names)
    }

    private func completer(_ catalog: TestCatalog, _ names: CompletionCache = CompletionCache()) -> Completer {
        let time = SessionClock(now: { [clock] in clock.now }, sleep: { [clock] in try await clock.sleep($0) })
        let account = Account(digest: { "" }, completions: names, remedies: .neutral, log: .none) {
            () throws(OvalEdgeError) in
            catalog.ovalEdge
        }
        return Completer(OneAccount(account), clock: time)
    }

    @Test(arguments: [
        ("snow", ["snowflake"]), ("SQLS", ["sqlserver", "odbcsqlserver"]), ("nothing like it", []),
    ])
    func `takes fixed sets from the program`(typed: String, expected: [String]) async throws {
        let failing = AnsweringHTTP { _ throws(HTTPFailure) in throw .cancelled }
        let found = await completer(failing).completion(of: typed, from: .connectors, for: .local)
        #expect(found == Completion(expected, total: expected.count))
    }

    @Test(
        arguments: [
            (.assetNames, "revenue_d", ["revenue_daily"]),
            (.termNames, "net", ["Net revenue"]),
            (.termNames, "REVENUE", ["Net revenue"]),
            (.tagNames, "go", ["Gold"]),
            (.domainNames, "cust", ["Customer"]),
            (.connectionNames, "bramble", ["bramble_dw"]),
            (.connectionIDs, "shop", ["21"]),
            (.catalog(.id(.oetable)), "revenue", ["504"]),
            (.catalog(.id(.oetable)), "504", ["504"]),
            (.catalog(.id(.oetable)), "99999", []),
            (.assetNames, "SALES.order_it", ["bramble_dw.SALES.order_items"]),
            (.assetNames, "bramble_dw.sales.order_it", ["bramble_dw.SALES.order_items"]),
            (.catalog(.id(.oetable)), "SALES.order_it", ["503"]),
            (.catalog(.id(.oestory)), "retention", ["365"]),
            (.catalog(.id(.oetag)), "gold", ["357"]),
            (.catalog(.id(.glossary)), "net", ["333"]),
            (.assetNames, "nothing like it", []),
        ] as [(CompletionSource, String, [String])]
    )
    func `finds names of the catalog, and the value they mean`(
        source: CompletionSource,
        typed: String,
        expected: [String]
    ) async throws {
        let found = await completer(SandboxClient()).completion(of: typed, from: source, for: .local)
        #expect(found.values == expected)
        #expect(!found.hasMore)
    }

    @Test func `distinguishes assets of one name by their place`() async throws {
        let found = await completer(SandboxClient()).completion(of: "customer_id", from: .assetNames, for: .local)
        #expect(found.values.contains("bramble_dw.SALES.orders.customer_id"))
        #expect(!found.values.contains("customer_id"))
    }

    @Test func `begins with what is used most when nothing is typed yet`() async throws {
        let client = SandboxClient()
        let found = await completer(client).completion(of: "", from: .assetNames, for: .local)
        #expect(found.values.first == "orders")
        #expect(found.hasMore)
        let body = String(decoding: client.record.requests.last?.body ?? [], as: UTF8.self)
        #expect(body == #"{"search":{"page":1,"limit":50,"sort":{"field":"popularity","direction":"desc"}}}"#)
    }

    @Test func `offers no name that is not what it looks like`() async throws {
        let body =
            #"{"data":{"items":[{"objectName":"or\u202Eders"},{"objectName":"or\nder"},{"objectName":"order"}]}}"#
        let found = await completer(TestCatalog(answering: .ok, body))
            .completion(of: "or", from: .assetNames, for: .local)
        #expect(found.values == ["order"])
    }

    @Test func `asks once for the same letters, until that is old`() async throws {
        let client = SandboxClient()
        let completer = completer(client)
        let first = await completer.completion(of: "Net", from: .termNames, for: .local)
        let asked = client.record.requestCount
        #expect(await completer.completion(of: "net ", from: .termNames, for: .local) == first)
        #expect(client.record.requestCount == asked)
        clock.advance(by: 61)
        #expect(await completer.completion(of: "net", from: .termNames, for: .local) == first)
        #expect(client.record.requestCount == asked + 1)
    }

    @Test func `asks nothing where fewer letters have found everything`() async throws {
        let client = SandboxClient()
        let completer = completer(client)
        let known = await completer.completion(of: "or", from: .termNames, for: .local)
        #expect(known.values.contains("Order") && !known.hasMore)
        let asked = client.record.requestCount
        let fewer = await completer.completion(of: "order d", from: .termNames, for: .local)
        #expect(fewer == Completion(["Order date"], total: 1))
        #expect(client.record.requestCount == asked)
        let other = await completer.completion(of: "orx", from: .termNames, for: .local)
        #expect(other.values == [] && client.record.requestCount == asked + 1)
    }

    @Test func `ends after 800 milliseconds, and keeps what comes later for the next letters`() async throws {
        let slow = SlowCatalog()
        let names = CompletionCache()
        let completer = completer(slow, names)
        for typed in ["n", "ne", "ne"] {
            async let late = completer.completion(of: typed, from: .termNames, for: .local)
            await clock.waitForSleepers()
            clock.advance(by: 0.79)
            #expect(clock.sleeperCount == 1)
            clock.advance(by: 0.01)
            #expect(await late == Completion([], hasMore: true))
        }
        slow.gate.open()
        await names.finished(.term)
        let known = await completer.completion(of: "net", from: .termNames, for: .local)
        #expect(known == Completion(["Net revenue"], total: 1))
        #expect(slow.searches == 1)
    }

    @Test func `offers what fewer letters have found while it asks on`() async throws {
        let entry = try #require(CatalogEntry("Order date", value: "Order date"))
        let names = CompletionCache()
        names.add(.init([entry], hasMore: true, at: clock.now), for: CompletionCache.Key("or", of: .term))
        let slow = SlowCatalog()
        let completer = completer(slow, names)
        async let late = completer.completion(of: "order", from: .termNames, for: .local)
        await clock.waitForSleepers()
        clock.advance(by: 0.8)
        #expect(await late == Completion(["Order date"], hasMore: true))
        slow.gate.open()
        await names.finished(.term)
        #expect(names.seen(for: CompletionCache.Key("order", of: .term), at: clock.now)?.entries.isEmpty == false)
        withExtendedLifetime(completer) {}
    }

    @Test(arguments: [HTTPStatus.unauthorized, .forbidden, .notFound, .internalServerError, .serviceUnavailable])
    func `never fails`(status: HTTPStatus) async throws {
        let completer = completer(TestCatalog(answering: status, "{}"))
        let found = await completer.completion(of: "or", from: .assetNames, for: .local)
        #expect(found == Completion([], total: 0))
    }

    @Test func `offers a signed-out person nothing`() async throws {
        let found = await completer(SandboxClient(secret: "other")).completion(of: "or", from: .assetNames, for: .local)
        #expect(found.values == [])
    }

    @Test func `remembers what shorter letters found, of one kind and for a minute`() {
        let names = CompletionCache()
        let entries = [CatalogEntry("Order", value: "Order")].compactMap { $0 }
        names.add(.init(entries, hasMore: false, at: 0), for: CompletionCache.Key("or", of: .term))
        #expect(names.nearest(to: CompletionCache.Key("ORD", of: .term), at: 1)?.entries == entries)
        #expect(names.nearest(to: CompletionCache.Key("ord", of: .tag), at: 1) == nil)
        #expect(names.nearest(to: CompletionCache.Key("ord", of: .term), at: 61) == nil)
    }

    @Test func `remembers no more than a few lists`() {
        let names = CompletionCache(capacity: 3)
        for (time, letter) in ["a", "b", "c", "d"].enumerated() {
            names.add(.init([], hasMore: false, at: Double(time)), for: CompletionCache.Key(letter, of: .term))
        }
        let kept = ["a", "b", "c", "d"].filter {
            names.seen(for: CompletionCache.Key($0, of: .term), at: 4) != nil
        }
        #expect(kept == ["b", "c", "d"])
    }

    /// Rows: G159.
    @Test func `asks for one thing of a kind at a time`() async throws {
        let slow = SlowCatalog()
        let completer = completer(slow)
        async let first = completer.completion(of: "x", from: .termNames, for: .local)
        await clock.waitForSleepers()
        async let second = completer.completion(of: "net", from: .termNames, for: .local)
        await clock.waitForSleepers(2)
        slow.gate.open()
        #expect(await first == Completion([], total: 0))
        #expect(await second.values == ["Net revenue"])
        #expect(slow.searches == 2)
    }

    @Test func `gives up what is looked for when the account ends`() async throws {
        let hanging = HangingCatalog()
        let catalog = TestCatalog(hanging)
        let pool = AccountPool(remedies: .neutral, log: .none, access: { _ in ToolAccess() }) {
            .acting(by: catalog.ovalEdge, for: $0)
        }
        let time = SessionClock(now: { [clock] in clock.now }, sleep: { [clock] in try await clock.sleep($0) })
        let completer = Completer(pool, clock: time)
        async let late = completer.completion(of: "x", from: .termNames, for: .local)
        await clock.waitForSleepers()
        await hanging.never.waitForSleepers()
        clock.advance(by: 0.8)
        #expect(await late == Completion([], hasMore: true))
        #expect(hanging.never.sleeperCount == 1)
        pool.end(Principal.local.id)
        #expect(hanging.never.sleeperCount == 0)
    }

    @Test func `leaves no search behind`() async throws {
        let never = TestClock()
        do {
            let names = CompletionCache()
            let key = CompletionCache.Key("x", of: .term)
            let search: CompletionCache.Search = { _ in
                try? await never.sleep(1)
                return nil
            }
            #expect(names.begin(search, for: key) && !names.begin(search, for: key))
            await never.waitForSleepers()
            withExtendedLifetime(names) {}
        }
        #expect(never.sleeperCount == 0)
    }

    @Test func `does not look for whole pages`() async throws {
        let client = SandboxClient()
        let typed = String(repeating: "x", count: 201)
        #expect(await completer(client).completion(of: typed, from: .assetNames, for: .local) == .none)
        #expect(client.record.requestCount == 0)
    }

    /// Rows: G154, G158, G160.
    @Test(arguments: Revision.allCases.filter { !$0.isStateless })
    func `serves a client of the protocol`(_ revision: Revision) async throws {
        let session = try await TestCatalog().session(revision)
        let template = "ovaledge://catalog/table/{object_id}"
        let references: [(JSON, JSON, JSON)] = [
            (["type": "ref/prompt", "name": "explain_tag"], ["name": "tag_name", "value": "go"], ["Gold"]),
            (
                ["type": "ref/resource", "uri": .string(template)], ["name": "object_id", "value": "revenue"],
                ["504"]
            ),
            (
                ["type": "ref/resource", "uri": "ovaledge://catalog/table/7"],
                ["name": "object_id", "value": "revenue"], ["504"]
            ),
            (["type": "ref/prompt", "name": "data_discovery"], ["name": "query", "value": "or"], []),
        ]
        for (reference, argument, values) in references {
            let answer = try await session.request("completion/complete", ["ref": reference, "argument": argument])
            #expect(answer["result"]?["completion"]?["values"] == values)
        }
    }
}

/// A sandbox whose searches wait for a gate.
private final class SlowCatalog: HTTPClient {
    let gate = Gate()
    private let sandbox = SandboxClient()
    private let count = Atomic(0)

    /// How many were sent.
    var searches: Int { count.load(ordering: .relaxed) }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        if request.url.hasSuffix("asset-explorer") {
            count.add(1, ordering: .relaxed)
            await gate.pass()
        }
        return try await sandbox.send(request)
    }
}

/// A sandbox whose searches hang until they are hung up on.
private struct HangingCatalog: HTTPClient {
    let never = TestClock()
    private let sandbox = SandboxClient()

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        if request.url.hasSuffix("asset-explorer") {
            do { try await never.sleep(1) } catch { throw .cancelled }
        }
        return try await sandbox.send(request)
    }
}
