import HTTP
import JSON
import Logging
import Synchronization
import TestSupport
import Testing

@testable import OvalEdge

/// An OvalEdge that knows one secret, which can be replaced.
private final class OneSecret: HTTPClient {
    private let state = Mutex((secret: "", exchanges: 0))

    init(_ secret: String) { replace(with: secret) }

    var exchanges: Int { state.withLock { $0.exchanges } }

    func replace(with secret: String) { state.withLock { $0.secret = secret } }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        let said = (try? JSON(parsing: request.body))?["userSecret"]?.string
        let (isKnown, number) = state.withLock { state in
            state.exchanges += 1
            return (state.secret == said, state.exchanges)
        }
        return isKnown ? HTTPResponse(.ok, text: jwt(#"{"n":\#(number)}"#)) : HTTPResponse(.unauthorized, text: "")
    }
}

/// Where credentials are kept, and how often someone has looked.
private final class Place: Sendable {
    private let state: Mutex<(secret: String?, looks: Int)>

    init(_ secret: String?) { state = Mutex((secret, 0)) }

    var looks: Int { state.withLock { $0.looks } }

    func put(_ secret: String?) { state.withLock { $0.secret = secret } }

    func credentials() throws(OvalEdgeError) -> Credentials {
        let secret = state.withLock { state in
            state.looks += 1
            return state.secret
        }
        guard let secret else { throw OvalEdgeError(.notSignedIn, "It is locked.", remedy: .text("Unlock it.")) }
        return Credentials(userToken: Secret("ann-token-1234"), userSecret: Secret(secret))
    }
}

@Suite(.timeLimit(.minutes(1))) struct `Credentials that are looked up` {
    private let ovalEdge = OneSecret("first-secret")
    private let redactor = Redactor()

    private func source(_ place: Place) -> LookedUpTokenSource {
        LookedUpTokenSource { _ throws(OvalEdgeError) in
            try place.credentials()
        } source: { [ovalEdge, redactor] credentials in
            let configuration = OvalEdgeConfiguration(baseURL: "https://acme.net")
            let exchange = TokenExchange(
                configuration,
                credentials: credentials,
                client: ovalEdge,
                redactor: redactor
            )
            return SharedTokenSource(exchange, store: nil, patience: 1, log: .none)
        }
    }

    @Test func `are looked up with the first token, and not again`() async throws {
        let place = Place("first-secret")
        let source = source(place)
        #expect(place.looks == 0 && source.known == nil)
        let token = try await source.token(insteadOf: nil)
        _ = try await source.token(insteadOf: token)
        #expect(place.looks == 1 && ovalEdge.exchanges == 2)
        #expect(source.known?.userSecret == Secret("first-secret"))
        #expect(!redactor.redacted("first-secret").contains("first"))
    }

    @Test func `are looked up once more where OvalEdge refuses them, and used if they are others`() async throws {
        let place = Place("first-secret")
        let source = source(place)
        _ = try await source.token(insteadOf: nil)
        ovalEdge.replace(with: "second-secret")
        place.put("second-secret")
        _ = try await source.token(insteadOf: nil)
        #expect(place.looks == 2 && ovalEdge.exchanges == 3)
        #expect(!redactor.redacted("second-secret").contains("second"))
    }

    @Test(arguments: ["first-secret", nil]) func `are refused for good where nothing else is there`(now: String?) async
    {
        let place = Place("first-secret")
        let source = source(place)
        ovalEdge.replace(with: "second-secret")
        try? await source.prepare()
        place.put(now)
        let error = await #expect(throws: OvalEdgeError.self) { try await source.token(insteadOf: nil) }
        #expect(error?.status == 401)
        #expect(place.looks == 2 && ovalEdge.exchanges == 1)
    }

    @Test func `are tried again with the next call where they could not be looked up`() async throws {
        let place = Place(nil)
        let source = source(place)
        let error = await #expect(throws: OvalEdgeError.self) { try await source.token(insteadOf: nil) }
        #expect(error?.what == "It is locked." && ovalEdge.exchanges == 0)
        place.put("first-secret")
        _ = try await source.token(insteadOf: nil)
        #expect(place.looks == 2)
    }

    @Test func `are replaced while they are in use, of which the last is said to be known`() async throws {
        let place = Place("first-secret")
        let source = source(place)
        try await source.prepare()
        #expect(await !source.isContended)
        ovalEdge.replace(with: "third-secret")
        place.put("third-secret")
        _ = try await source.token(insteadOf: nil)
        #expect(source.known?.userSecret == Secret("third-secret"))
    }
}
