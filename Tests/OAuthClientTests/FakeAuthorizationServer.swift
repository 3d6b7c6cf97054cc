import Crypto
import HTTP
import JSON
import Synchronization
import TestSupport
import Text

@testable import OAuthClient

/// An authorization server and the resource server before it, as an HTTP client: what it publishes, whom it knows, and how
/// its tokens rotate.
final class FakeAuthorizationServer: HTTPClient {
    struct State {
        /// What is published, by address.
        var documents: [String: JSON] = [:]
        /// Of a POST to the MCP endpoint without a token; nil answers with 200.
        var challenge: String? = "Bearer"
        var forms: [[String: String]] = []
        var asked: [HTTPRequest] = []
        /// Answers that come before the usual ones, in order.
        var next: [Result<HTTPResponse, HTTPFailure>] = []
        var refresh = "refresh-0"
        var number = 0
        var registrations = 0
        var life: Int? = 3600
        var codes: [String: String] = [:]
        /// What browsers were sent along with.
        var visits: [[String: String]] = []
    }

    static let resource = "https://mcp.example.com/mcp"
    static let issuer = "https://auth.example.com"

    private let state = Mutex(State())

    init() { state.withLock { $0.documents = Self.usual } }

    func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }
    func read<Value>(_ body: (State) -> Value) -> Value { state.withLock { body($0) } }

    static let usual: [String: JSON] = [
        "https://mcp.example.com/.well-known/oauth-protected-resource/mcp": [
            "resource": .string(resource), "authorization_servers": [.string(issuer)],
            "scopes_supported": ["read", "write"],
        ],
        "https://auth.example.com/.well-known/oauth-authorization-server": metadata,
    ]

    static let metadata: JSON = [
        "issuer": .string(issuer), "authorization_endpoint": "https://auth.example.com/authorize",
        "token_endpoint": "https://auth.example.com/token",
        "registration_endpoint": "https://auth.example.com/register",
        "revocation_endpoint": "https://auth.example.com/revoke",
        "device_authorization_endpoint": "https://auth.example.com/device",
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none", "client_secret_post"],
        "authorization_response_iss_parameter_supported": true,
    ]

    var forms: [[String: String]] { state.withLock { $0.forms } }
    var asked: [HTTPRequest] { state.withLock { $0.asked } }
    func places(_ path: String) -> Int { asked.count { URLText($0.url)?.path == path } }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        let form = Dictionary(
            URLText.queryItems(String(decoding: request.body, as: UTF8.self)).map { ($0.name, $0.value) }
        ) { $1 }
        let reply: Result<HTTPResponse, HTTPFailure> = state.withLock { state in
            state.asked.append(request)
            if request.method == .get { return .success(Self.document(request.url, state)) }
            if request.url == Self.resource {
                guard let challenge = state.challenge else { return .success(HTTPResponse(.ok)) }
                return .success(HTTPResponse(.unauthorized, fields: ["WWW-Authenticate": challenge]))
            }
            if request.url.hasSuffix("/register") {
                state.registrations += 1
                let id = "registered-\(state.registrations)"
                return .success(
                    Self.json(
                        .init(rawValue: 201),
                        ["client_id": .string(id), "redirect_uris": JSON(parsed: request.body)["redirect_uris"] ?? []]
                    )
                )
            }
            state.forms.append(form)
            if !state.next.isEmpty { return state.next.removeFirst() }
            return .success(Self.issued(form, &state))
        }
        return try reply.get()
    }

    private static func document(_ url: String, _ state: State) -> HTTPResponse {
        guard let document = state.documents[url] else { return HTTPResponse(.notFound) }
        return json(.ok, document)
    }

    private static func issued(_ form: [String: String], _ state: inout State) -> HTTPResponse {
        switch form["grant_type"] {
        case "refresh_token":
            guard form["refresh_token"] == state.refresh else { return json(.badRequest, ["error": "invalid_grant"]) }
        case "authorization_code":
            guard let challenge = form["code"].flatMap({ state.codes.removeValue(forKey: $0) }),
                let verifier = form["code_verifier"], let digest = try? Crypto.digest(Array(verifier.utf8)),
                Base64.encoded(digest, .urlSafe) == challenge
            else { return json(.badRequest, ["error": "invalid_grant"]) }
        default: break
        }
        state.number += 1
        state.refresh = "refresh-\(state.number)"
        return json(
            .ok,
            .members(
                ("access_token", .string("access-\(state.number)")),
                ("token_type", "bearer"),
                ("expires_in", state.life.map { .int($0) }),
                ("refresh_token", .string(state.refresh)),
                ("issued_token_type", "urn:ietf:params:oauth:token-type:access_token")
            )
        )
    }

    static func json(_ status: HTTPStatus, _ json: JSON) -> HTTPResponse {
        HTTPResponse(status, text: json.text, type: "application/json")
    }

    static func refusal(_ code: String, _ status: HTTPStatus = .badRequest) -> Result<HTTPResponse, HTTPFailure> {
        .success(json(status, ["error": .string(code)]))
    }
}

extension JSON {
    init(parsed bytes: [UInt8]) { self = (try? JSON(parsing: bytes)) ?? .null }
}

extension ClientClock {
    init(_ clock: TestClock) { self.init(now: { clock.now }, sleep: { try await clock.sleep($0) }) }
}

/// A JWT in form alone: a client does not look at more.
func readableToken(_ claims: JSON) -> String {
    ["{\"alg\":\"none\"}", claims.text, "x"].map { Base64.encoded($0, .urlSafe) }.joined(separator: ".")
}
