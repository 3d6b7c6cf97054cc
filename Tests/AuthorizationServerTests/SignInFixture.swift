import AuthorizationServer
import HTTP
import JSON
import Logging
import OAuth
import Synchronization
import TestSupport
import Text

/// A server at which people sign in, with a clock that a test moves, and a browser and a client that use it.
final class SignInFixture: Sendable {
    static let issuer = "https://mcp.test"
    static let redirect = "https://a.example/cb"

    /// Says of everyone what a test wants, and counts.
    final class Check: SignInCheck {
        let verdict = Mutex(SignInVerdict.accepted(label: "1a2b3c4d", payload: [1, 2, 3]))
        let count = Atomic(0)

        func complaint(about values: [String: Secret]) -> String? {
            values["user_token"]?.revealed == "strange" ? "That is strange. Type another." : nil
        }

        func identity(of values: [String: Secret]) -> [UInt8] {
            Array("\(values["user_token"]?.revealed ?? "") \(values["user_secret"]?.revealed ?? "")".utf8)
        }

        func verdict(on values: [String: Secret]) async -> SignInVerdict {
            count.add(1, ordering: .relaxed)
            await Task.yield()
            return verdict.withLock { $0 }
        }

        func say(_ verdict: SignInVerdict) { self.verdict.withLock { $0 = verdict } }
        var calls: Int { count.load(ordering: .relaxed) }
    }

    /// A store that can be away, or full.
    final class Records: RecordStore {
        let isAway = Atomic(false)
        /// Whether nothing that is to be kept is taken.
        let isFull = Atomic(false)
        private let inner: RecordsInMemory

        init(_ clock: TestClock) { inner = RecordsInMemory { clock.now } }

        private func look() throws(GrantsUnavailable) {
            if isAway.load(ordering: .relaxed) { throw GrantsUnavailable("The store is away.") }
        }

        func records(_ names: [String]) async throws(GrantsUnavailable) -> [[UInt8]?] {
            try look()
            return await inner.records(names)
        }

        func recordsAtHand(_ names: [String]) -> [[UInt8]?]? { nil }

        func records(inList list: String) async throws(GrantsUnavailable) -> [[UInt8]] {
            try look()
            return await inner.records(inList: list)
        }

        func apply(_ change: RecordChange) async throws(GrantsUnavailable) -> Bool {
            try look()
            if isFull.load(ordering: .relaxed), !change.isVolatile { throw GrantsUnavailable("The store is full.") }
            return await inner.apply(change)
        }
    }

    let clock = TestClock()
    let check = Check()
    let records: Records
    let server: AuthorizationServer

    init(machines: MachineGrants = MachineGrants()) throws {
        let clock = clock
        records = Records(clock)
        let configuration = AuthorizationServerConfiguration(
            issuer: Self.issuer,
            resources: [Self.issuer + "/mcp", Self.issuer],
            scopes: ["read", "write"],
            defaultScopes: ["read"]
        )
        guard let keys = try KeySets(keys: [[UInt8](repeating: 7, count: 32)]) else { preconditionFailure("no key") }
        let issuer = TokenIssuer(configuration, store: GrantStore(records, now: { clock.now }), keys: { keys })
        let documents = ClientDocuments(
            .off,
            client: ScriptedHTTP([]),
            resolve: { _ in [] },
            redirects: RedirectPolicy(exact: []),
            now: { clock.now }
        )
        let fixed = try StaticClients(Array(Self.staticClients.utf8))
        server = AuthorizationServer(
            issuer,
            clients: ClientDirectory(
                registration: RedirectPolicy(exact: [Self.redirect]),
                fixed: fixed,
                documents: documents,
                keys: { keys }
            ),
            check: check,
            words: SignInWords(
                product: "Product",
                productAddress: "https://product.example",
                fields: [
                    .init(name: "user_token", label: "User token", hint: ""),
                    .init(name: "user_secret", label: "User secret", hint: ""),
                ],
                scopes: [
                    .init(scope: "read", label: "Read"), .init(scope: "write", label: "Write", box: "scope_write"),
                ]
            ),
            machines: machines,
            keys: { keys },
            log: .none
        )
    }

    /// `agent` with the secret `s3cret`.
    private static let staticClients = """
        [{"client_id":"agent","client_secret_sha256":"1ec1c26b50d5d3c58d9583181af8076655fe00756bf7285940ba3670f99fcba0",
        "redirect_uris":["\(redirect)"],"token_endpoint_auth_method":"client_secret_post",
        "grant_types":["authorization_code","client_credentials"]}]
        """
}

// What a browser and a client send.
extension SignInFixture {
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

    static func request(
        _ method: HTTPMethod,
        query: String? = nil,
        form: String = "",
        address: String = "192.0.2.1",
        fields: HTTPFields = [:]
    ) -> EndpointRequest {
        var all = fields
        if method == .post {
            all["Content-Type"] = all["Content-Type"] ?? "application/x-www-form-urlencoded"
            all["Origin"] = all["Origin"] ?? issuer
        }
        return EndpointRequest(
            method: method,
            query: query,
            fields: all,
            body: Array(form.utf8),
            address: address,
            id: "request-1"
        )
    }

    func register() async throws -> String {
        let json: JSON = ["redirect_uris": [.string(Self.redirect)], "token_endpoint_auth_method": "none"]
        let answer = await server.register(
            Self.request(
                .post,
                form: String(decoding: json.bytes, as: UTF8.self),
                fields: ["Content-Type": "application/json"]
            )
        )
        return try JSON(parsing: answer.body)["client_id"]?.string ?? ""
    }

    static func query(_ client: String) -> String {
        URLText.query([
            ("response_type", "code"), ("client_id", client), ("redirect_uri", redirect), ("code_challenge", challenge),
            ("code_challenge_method", "S256"), ("state", "xyz"), ("scope", "read write"),
        ])
    }

    /// What a page that was shown is answered with.
    struct Shown: Sendable {
        let cookie: String
        let fields: String

        init?(_ response: HTTPResponse) {
            guard let cookie = response.fields["Set-Cookie"]?.split(separator: ";").first,
                let transaction = Self.value("transaction", response.text), let csrf = Self.value("csrf", response.text)
            else { return nil }
            self.cookie = String(cookie)
            fields = "transaction=\(transaction)&csrf=\(csrf)"
        }

        private static func value(_ name: String, _ html: String) -> String? {
            guard let start = html.range(ofFirst: "name=\"\(name)\" value=\"") else { return nil }
            return String(html[start.upperBound...].prefix { $0 != "\"" })
        }
    }

    func show(_ client: String, address: String = "192.0.2.1") async -> HTTPResponse {
        await server.authorize(Self.request(.get, query: Self.query(client), address: address))
    }

    func decide(_ shown: Shown, _ more: String, address: String = "192.0.2.1") async -> HTTPResponse {
        await server.authorize(
            Self.request(.post, form: "\(shown.fields)&\(more)", address: address, fields: ["Cookie": shown.cookie])
        )
    }

    /// The code to which an answer leads; nil where it leads nowhere.
    func code(_ decided: HTTPResponse) async -> String? {
        guard let location = decided.fields["Location"],
            let cookie = decided.fields.values("Set-Cookie").last?.split(separator: ";").first
        else { return nil }
        let query = String(location.drop { $0 != "?" }.dropFirst())
        let page = await server.done(Self.request(.get, query: query, fields: ["Cookie": String(cookie)])).text
        guard let start = page.range(ofFirst: "code=") else { return nil }
        return String(page[start.upperBound...].prefix { $0 != "&" })
    }

    static func allow(_ person: String = "petra", _ secret: String = "x") -> String {
        "decision=allow&user_token=\(person)&user_secret=\(secret)"
    }

    func token(_ form: String, address: String = "192.0.2.1") async throws -> (status: HTTPStatus, json: JSON) {
        let answer = await server.token(Self.request(.post, form: form, address: address))
        return (answer.status, try JSON(parsing: answer.body))
    }
}
