import HTTP
import JSON
import MCP
import OvalEdge
import Sandbox
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct `A generation` {
    private let clock = TestClock()
    private var search: APIRequest<Envelope<AssetPage>> { .assetExplorer(AssetSearch()) }

    private func endpoints(fixed: Generation? = nil) -> EndpointSelector {
        EndpointSelector(fixed: fixed, clock: SessionClock(now: { [clock] in clock.now }, sleep: clock.sleep))
    }

    private func posts(_ sandbox: SandboxClient) -> Int {
        sandbox.record.requests.count { $0.method == .post && $0.path.hasSuffix("asset-explorer") }
    }

    @Test func `is learnt once by calls at the same time, and costs those after them nothing`() async throws {
        let sandbox = SandboxClient(generation: .classic)
        let api = TestCatalog(sandbox, endpoints: endpoints()).ovalEdge
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 1...8 { group.addTask { try await api.send(search).opened().items.count } }
            for try await count in group { #expect(count > 0) }
        }
        #expect(posts(sandbox) == 1)
        let before = sandbox.record.requestCount
        _ = try await api.send(search)
        #expect(sandbox.record.requestCount == before + 1)
    }

    @Test func `is looked for again after an hour`() async throws {
        let sandbox = SandboxClient(generation: .classic)
        let api = TestCatalog(sandbox, endpoints: endpoints()).ovalEdge
        _ = try await api.send(search)
        clock.advance(by: 3599)
        _ = try await api.send(search)
        #expect(posts(sandbox) == 1)
        clock.advance(by: 1)
        _ = try await api.send(search)
        _ = try await api.send(search)
        #expect(posts(sandbox) == 2)
    }

    @Test(arguments: [UnknownPath.json, .refusal, .method])
    func `is noticed when the release changes, upwards and downwards`(_ unknown: UnknownPath) async throws {
        let releases = [
            SandboxClient(generation: .classic, unknownPath: unknown),
            SandboxClient(generation: .current, unknownPath: unknown),
        ]
        let now = Mutex(0)
        let client = AnsweringHTTP { request throws(HTTPFailure) in
            try await releases[now.withLock { $0 }].send(request)
        }
        let api = TestCatalog(client, endpoints: endpoints()).ovalEdge
        for (release, variant) in [(0, EndpointVariant.searchCatalog), (1, .postedExplorer), (0, .searchCatalog)] {
            now.withLock { $0 = release }
            #expect(try await api.send(search).opened().items.isEmpty == false)
            #expect(api.endpoints.variant(of: .explorer) == variant)
        }
    }

    @Test func `that is learnt slowly does not hold the others up`() async throws {
        let gate = Gate()
        let isFirst = Mutex(true)
        let sandbox = SandboxClient()
        let client = AnsweringHTTP { request throws(HTTPFailure) in
            let waits =
                request.url.hasSuffix("asset-explorer")
                && isFirst.withLock { isFirst in
                    defer { isFirst = false }
                    return isFirst
                }
            if waits { await gate.pass() }
            return try await sandbox.send(request)
        }
        let api = TestCatalog(client, endpoints: endpoints()).ovalEdge
        async let first = api.send(search)
        async let second = api.send(search)
        await clock.waitForSleepers()
        clock.advance(by: 2)
        // One of them is through although the other one still waits; then the gate lets that one go, too.
        try await wait { posts(sandbox) != 0 }
        gate.open()
        _ = try await (first, second)
        #expect(api.endpoints.variant(of: .explorer) == .postedExplorer)
    }

    @Test func `that is set is never tried out`() async throws {
        let sandbox = SandboxClient(generation: .classic)
        let wrong = TestCatalog(sandbox, endpoints: endpoints(fixed: .consolidated)).ovalEdge
        let error = try #require(await #expect(throws: OvalEdgeError.self) { _ = try await wrong.send(search) })
        #expect(error.kind == .notFound && error.what.contains("POST"))
        #expect(!sandbox.record.requests.contains { $0.path.hasSuffix("search-catalog") })
        let right = TestCatalog(sandbox, endpoints: endpoints(fixed: .classic)).ovalEdge
        _ = try await right.send(search).opened()
        #expect(posts(sandbox) == 1)
    }

    /// OvalEdge's own 404 says of an endpoint that is missing what it says of an object that is.
    @Test(arguments: [SandboxGeneration.classic, .transition])
    func `is learnt from a search when the first answer says that nothing was found`(
        _ generation: SandboxGeneration
    ) async throws {
        let questions: [(String, JSON)] = [
            ("asset_details", ["object_id": 501, "object_type": "oetable"]),
            (
                "access_explorer",
                [
                    "operation": "catalog_access", "query_direction": "object_to_principals", "object_id": 501,
                    "object_type": "oetable", "access_intent_confirmed": "catalog_acl",
                ]
            ),
        ]
        for (tool, arguments) in questions {
            let sandbox = SandboxClient(generation: generation, unknownPath: .refusal)
            let answer = try await TestCatalog(sandbox, endpoints: endpoints()).call(tool, arguments)
            #expect(!answer.isFailure, "\(tool): \(answer.text)")
        }
    }

    @Test func `is learnt so once, and what is not there stays not found`() async throws {
        let sandbox = SandboxClient(unknownPath: .refusal)
        let catalog = TestCatalog(sandbox, endpoints: endpoints())
        for _ in 1...3 {
            let answer = try await catalog.call("asset_details", ["object_id": 999_999, "object_type": "oetable"])
            #expect(answer.isFailure && answer.text.contains("404 Not Found"))
        }
        #expect(posts(sandbox) == 1)
        #expect(sandbox.record.requests.count { $0.path.hasSuffix("asset-details") } == 3)
        #expect(!sandbox.record.requests.contains { $0.path.hasSuffix("object-details") })
    }

    @Test func `is not guessed where the search says nothing either`() async throws {
        let catalog = TestCatalog(answering: .notFound, #"{"ok":false,"message":"No match"}"#)
        let answer = try await catalog.call("asset_details", ["object_id": 501, "object_type": "oetable"])
        #expect(answer.isFailure && answer.text.contains("asset-details"))
        #expect(catalog.ovalEdge.endpoints.variant(of: .explorer) == nil)
        #expect(catalog.ovalEdge.endpoints.variant(of: .details) == nil)
    }

    @Test func `that nothing shows leaves the first error`() async throws {
        let catalog = TestCatalog(answering: .notFound, #"{"status":404,"error":"Not Found","path":"/"}"#)
        let api = catalog.ovalEdge
        let error = try #require(await #expect(throws: OvalEdgeError.self) { _ = try await api.send(search) })
        #expect(error.what.contains("POST /ovaledge/api/v1/mcp/asset-explorer"))
        #expect(api.endpoints.variant(of: .explorer) == nil)
    }

    /// The product's own 404 may mean the one or the other, so only success shows that the older variant is there.
    @Test func `is not learnt from two refusals of the product's own`() async throws {
        let catalog = TestCatalog(answering: .notFound, #"{"ok":false,"message":"No match"}"#)
        let answer = try await catalog.call("knowledge_search", ["content_query": "retention"])
        #expect(answer.isFailure)
        #expect(catalog.ovalEdge.endpoints.variant(of: .knowledge) == nil)
    }

    @Test(arguments: [
        (HTTPStatus.notFound, #"{"status":404,"error":"Not Found"}"#), (.methodNotAllowed, ""), (.notImplemented, ""),
    ])
    func `without an operation says so, and a change is sent nowhere else`(
        _ status: HTTPStatus,
        _ body: String
    ) async throws {
        let sent = Mutex(0)
        let client = AnsweringHTTP { request in
            guard !request.url.hasSuffix(TokenExchange.path) else {
                return HTTPResponse(.ok, text: #"{"token":"e30.e30.c2ln"}"#, type: "application/json")
            }
            sent.withLock { $0 += 1 }
            return HTTPResponse(status, text: body, type: "application/json")
        }
        let api = TestCatalog(client).ovalEdge
        let error = await #expect(throws: OvalEdgeError.self) {
            _ = try await api.send(APIRequest<JSON>.command("/api/v1/mcp/tags", [:]))
        }
        #expect(error?.what.contains("This OvalEdge release has no such operation (POST") == true)
        #expect(sent.withLock { $0 } == 1)
    }
}
