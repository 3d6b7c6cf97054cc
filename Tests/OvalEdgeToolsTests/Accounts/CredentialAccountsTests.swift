import HTTP
import JSON
import Logging
import MCP
import OvalEdge
import OvalEdgeTools
import Sandbox
import Synchronization
import TestSupport
import Testing
import Text

/// An OvalEdge that signs in who comes with a secret that ends like their token, and counts.
private final class SignInDesk: HTTPClient {
    private let exchanges = Mutex<[String: Int]>([:])
    private let failure = Mutex<HTTPResponse?>(nil)
    private let clock: TestClock
    private let gate: Gate?

    init(_ clock: TestClock, gate: Gate? = nil) {
        self.clock = clock
        self.gate = gate
    }

    /// How often somebody with this user token has signed in, or tried to.
    func count(of userToken: String) -> Int { exchanges.withLock { $0[userToken] ?? 0 } }
    var count: Int { exchanges.withLock { $0.values.reduce(0, +) } }

    /// What everybody gets from now on.
    func answer(_ response: HTTPResponse?) { failure.withLock { $0 = response } }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        let body = try? JSON(parsing: request.body)
        let (token, secret) = (body?["userToken"]?.string ?? "", body?["userSecret"]?.string ?? "")
        let count = exchanges.withLock { exchanges in
            exchanges[token, default: 0] += 1
            return exchanges[token] ?? 0
        }
        await gate?.pass()
        if let failure = failure.withLock({ $0 }) { return failure }
        guard secret == "secret-of-\(token)" else { return HTTPResponse(.unauthorized, text: "{}") }
        let claims = Base64.encoded(#"{"sub":"\#(token)","n":\#(count),"exp":\#(clock.now + 3600)}"#, .urlSafe)
        // As long as those of the product.
        let signature = String(repeating: "c2lnbmF0dXJl", count: 40)
        return HTTPResponse(.ok, text: #"{"token":"eyJhbGciOiJIUzI1NiJ9.\#(claims).\#(signature)"}"#)
    }
}

/// Credentials of one person on a server for many.
private func credentials(_ name: String, secret: String? = nil) -> Credentials {
    Credentials(userToken: Secret(name), userSecret: Secret(secret ?? "secret-of-\(name)"))
}

@Suite(.timeLimit(.minutes(2))) final class `Accounts of those who send their credentials`: Sendable {
    private let clock = TestClock()
    private let process = Log(.error) { _ in }

    private func accounts(_ desk: SignInDesk, capacity: Int = 100) -> CredentialAccounts {
        let endpoints = EndpointSelector()
        return CredentialAccounts(
            capacity: capacity,
            key: [UInt8](repeating: 7, count: 32),
            now: { [clock] in clock.now },
            access: ToolAccess(),
            remedies: .neutral,
            log: process
        ) { [clock, process] credentials, principal in
            let log = process.with(("account", principal.id.subject)).redacting(
                with: Redactor(parent: process.redactor)
            )
            let configuration = OvalEdgeConfiguration(baseURL: Sandbox.baseURL, timeZone: "UTC")
            let time = SessionClock(now: { clock.now }, sleep: { try await clock.sleep($0) })
            let exchange = TokenExchange(
                configuration,
                credentials: credentials,
                client: desk,
                redactor: log.redactor,
                now: { clock.now }
            )
            let broker = TokenBroker(exchange, log: log, clock: time, renewsAhead: false)
            let cache = ReadCache(ttl: 30)
            let api = OvalEdgeAPI(
                configuration,
                endpoints: endpoints,
                cache: cache,
                client: desk,
                broker: broker,
                remedies: .neutral,
                log: log
            )
            return Account(
                digest: { try credentials.accountDigest(at: Sandbox.baseURL) },
                session: broker,
                cache: cache,
                remedies: .neutral,
                log: log
            ) { () throws(OvalEdgeError) in api }
        }
    }

    private func signIn(_ accounts: CredentialAccounts, _ credentials: Credentials) async -> (Account?, OvalEdgeError?)
    {
        do throws(OvalEdgeError) {
            guard let principal = try? accounts.principal(with: credentials) else { return (nil, nil) }
            return (try await accounts.signIn(principal, with: credentials), nil)
        } catch {
            return (nil, error)
        }
    }

    @Test func `are one for each pair, known by a digest that reveals nothing`() async throws {
        let (desk, ann) = (SignInDesk(clock), credentials("ann-token"))
        let accounts = accounts(desk)
        let principal = try accounts.principal(with: ann)
        #expect(accounts.signedIn(principal) == nil)
        let (account, _) = await signIn(accounts, ann)
        #expect(account != nil && accounts.signedIn(principal) === account)
        #expect(accounts.account(for: principal) === account)
        #expect(try accounts.principal(with: credentials("ann-token")) == principal)
        for other in [
            credentials("bob-token"), credentials("ann-token", secret: "x"), credentials("", secret: "ann-token"),
        ] {
            #expect(try accounts.principal(with: other) != principal)
        }
        #expect(principal.id.subject.count == 32 && !principal.id.subject.contains("ann"))
        #expect(desk.count == 1)
    }

    @Test func `sign in once for all who wait`() async throws {
        let gate = Gate()
        let desk = SignInDesk(clock, gate: gate)
        let accounts = accounts(desk)
        let found = await withTaskGroup(of: Account?.self) { group in
            for _ in 0..<20 { group.addTask { await self.signIn(accounts, credentials("ann-token")).0 } }
            gate.open()
            var found: [ObjectIdentifier?] = []
            for await account in group { found.append(account.map { ObjectIdentifier($0) }) }
            return found
        }
        #expect(Set(found).count == 1 && found.count == 20)
        #expect(desk.count == 1 && accounts.count == 1)
    }

    @Test func `are there even if the first who asked has hung up`() async throws {
        let gate = Gate()
        let desk = SignInDesk(clock, gate: gate)
        let accounts = accounts(desk)
        let principal = try accounts.principal(with: credentials("ann-token"))
        let task = Task { await self.signIn(accounts, credentials("ann-token")) }
        try await wait(until: { desk.count == 1 })
        task.cancel()
        gate.open()
        try await wait(until: { accounts.signedIn(principal) != nil })
        #expect(desk.count == 1)
    }

    @Test func `are not asked for again within half a minute after OvalEdge refused the pair`() async {
        let desk = SignInDesk(clock)
        let accounts = accounts(desk)
        for _ in 0..<5 {
            let (account, error) = await signIn(accounts, credentials("ann-token", secret: "wrong"))
            #expect(account == nil && error?.refusesCredentials == true)
        }
        #expect(desk.count == 1 && accounts.count == 0)
        // Another secret is another pair.
        #expect(await signIn(accounts, credentials("ann-token")).0 != nil)
        clock.advance(by: 30)
        _ = await signIn(accounts, credentials("ann-token", secret: "wrong"))
        #expect(desk.count == 3)
    }

    @Test(arguments: [HTTPStatus(rawValue: 503), .internalServerError, .ok, .notFound, .badRequest, .forbidden])
    func `are asked for again at once after a failure that says nothing of the pair`(status: HTTPStatus) async {
        let desk = SignInDesk(clock)
        let accounts = accounts(desk)
        desk.answer(HTTPResponse(status, text: ""))
        let (account, error) = await signIn(accounts, credentials("ann-token"))
        #expect(account == nil && error?.refusesCredentials == false)
        desk.answer(nil)
        #expect(await signIn(accounts, credentials("ann-token")).0 != nil)
    }

    @Test func `renew a token in its last minute, when a request comes`() async throws {
        let desk = SignInDesk(clock)
        let accounts = accounts(desk)
        let principal = try accounts.principal(with: credentials("ann-token"))
        let (first, _) = await signIn(accounts, credentials("ann-token"))
        clock.advance(by: 3539)
        #expect(accounts.signedIn(principal) === first)
        clock.advance(by: 1)
        #expect(accounts.signedIn(principal) == nil && clock.sleeperCount == 0)
        let (second, _) = await signIn(accounts, credentials("ann-token"))
        #expect(second === first && desk.count == 2 && accounts.signedIn(principal) === first)
    }

    @Test func `end where a pair is refused that was good before`() async throws {
        let desk = SignInDesk(clock)
        let accounts = accounts(desk)
        _ = await signIn(accounts, credentials("ann-token"))
        clock.advance(by: 3600)
        desk.answer(HTTPResponse(.unauthorized, text: "{}"))
        let (_, error) = await signIn(accounts, credentials("ann-token"))
        #expect(error?.refusesCredentials == true && accounts.count == 0)
    }

    @Test func `give way where there are too many, and say so to who still holds one`() async throws {
        let desk = SignInDesk(clock)
        let accounts = accounts(desk, capacity: 2)
        let ann = try accounts.principal(with: credentials("ann"))
        for name in ["ann", "bob", "cyd"] { _ = await signIn(accounts, credentials(name)) }
        #expect(accounts.count == 2 && accounts.signedIn(ann) == nil)
        await #expect(throws: OvalEdgeError.self) { try await accounts.account(for: ann).ovalEdge() }
        #expect(await signIn(accounts, credentials("ann")).0 != nil)
        #expect(desk.count(of: "ann") == 2)
    }

    @Test func `give no place to guesses`() async {
        let desk = SignInDesk(clock)
        let accounts = accounts(desk, capacity: 2)
        _ = await signIn(accounts, credentials("ann"))
        for guess in 0..<100 { _ = await signIn(accounts, credentials("guess-\(guess)", secret: "x")) }
        _ = await signIn(accounts, credentials("ann"))
        #expect(accounts.count == 1 && desk.count(of: "ann") == 1)
    }

    @Test func `redact their own secrets, and no one else's`() async throws {
        let accounts = accounts(SignInDesk(clock))
        let names = ["ann-token-q7Kd93", "bob-token-8vXw21"]
        var logs: [Log] = []
        for name in names { logs.append(try #require(await signIn(accounts, credentials(name)).0).log) }
        for (log, own) in zip(logs, names) {
            for name in names {
                let text = "secret-of-\(name)"
                #expect(log.redactor.redacted(text).contains(name) == (name != own))
            }
        }
    }
}
