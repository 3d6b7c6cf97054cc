package import HTTP
package import Logging
import MCPClient

/// Brings a browser to an address, and returns what it brings back.
package protocol RedirectReceiver: Sendable {
    /// Where browsers return to, as it is sent to the authorization server.
    var redirect: String { get }

    /// Shows a person the address; returns the code that comes back, or throws what is wrong with what does.
    ///
    /// What ``AuthorizationAttempt/Verdict/notOurs`` is said of changes nothing.
    func code(
        from address: String,
        _ verdict: @escaping @Sendable (String) -> AuthorizationAttempt.Verdict
    ) async throws(SignInFailure) -> String
}

/// Signs a person in at a server, in whichever way the two have in common, and keeps the tokens.
package struct SignInFlow: Sendable {
    let request: SignInRequest
    let client: any HTTPClient
    let vault: TokenVault
    let clock: ClientClock
    let log: Log

    /// So many seconds a person has.
    package static let patience = 300.0

    /// `client` must follow no redirect.
    package init(
        _ request: SignInRequest,
        client: any HTTPClient,
        vault: TokenVault,
        clock: ClientClock = .system,
        log: Log
    ) {
        self.request = request
        self.client = client
        self.vault = vault
        self.clock = clock
        self.log = log
    }

    var endpoint: TokenEndpoint { TokenEndpoint(client: client, now: clock.now) }
    private var registrar: ClientRegistrar { ClientRegistrar(client: client, vault: vault, now: clock.now) }

    package func site() async throws(SignInFailure) -> SignInSite {
        try await SignInDiscovery(client).site(of: request.server)
    }

    /// The port at which this client was registered before, where it is registered.
    package func registeredPort(at site: SignInSite) -> Int? {
        guard !request.hasFixedClient else { return nil }
        let kept = (try? vault.registration(at: site.authorization.issuer)) ?? nil
        return kept.flatMap { URLText($0.redirect)?.port }
    }

    /// With a browser, wherever that is.
    package func signIn(at site: SignInSite, with receiver: some RedirectReceiver) async throws(SignInFailure)
        -> SignInRecord
    {
        try Self.checkChallenges(site.authorization)
        let server = site.authorization
        for isRetry in [false, true] {
            let identity = try await identity(at: site, redirect: receiver.redirect)
            let attempt = try attempt(site, identity, receiver.redirect)
            let address = try attempt.address()
            let code: String
            do throws(SignInFailure) {
                code = try await self.code(of: attempt, at: address, from: receiver)
            } catch {
                // A server that does not know the client shows the person a page, and sends the browser nowhere.
                if error.mayBeTheClient { try await vault.forget(identity, at: server.issuer) }
                throw error
            }
            let outcome = await Result<GrantedTokens, GrantFault>.of { () async throws(GrantFault) in
                try await endpoint.tokens(from: server.tokenEndpoint, attempt.form(code: code), as: identity)
            }
            switch outcome {
            case .success(let tokens): return try await kept(tokens, at: site, as: identity, attempt.scopes)
            case .failure(let fault):
                // What was registered is gone at the server: once it is registered again.
                if !isRetry, fault.code == "invalid_client", try await vault.forget(identity, at: server.issuer) {
                    continue
                }
                throw Self.failure(fault, of: server)
            }
        }
        throw SignInFailure(.clientRefused, "\(server.issuer) does not know the client that it has just registered.")
    }

    /// Revision 2025-11-25: a server that does not say that it checks the proof is not trusted with a code.
    private static func checkChallenges(_ server: SignInServer) throws(SignInFailure) {
        guard !server.isAssumed, server.challengeMethods?.contains("S256") != true else { return }
        throw SignInFailure(.metadata, "The metadata of \(server.issuer) does not list PKCE with S256.")
    }

    func identity(at site: SignInSite, redirect: String) async throws(SignInFailure) -> ClientIdentity {
        try await registrar.identity(for: request, at: site.authorization, redirect: redirect, scopes: scopes(at: site))
    }

    private func attempt(
        _ site: SignInSite,
        _ identity: ClientIdentity,
        _ redirect: String
    ) throws(SignInFailure) -> AuthorizationAttempt {
        try AuthorizationAttempt(
            site: site,
            identity: identity,
            redirect: redirect,
            scopes: scopes(at: site),
            resource: resource(at: site),
            extra: request.extra,
            at: clock.now()
        )
    }

    private func code(
        of attempt: AuthorizationAttempt,
        at address: String,
        from receiver: some RedirectReceiver
    ) async throws(SignInFailure) -> String {
        let outcome = await withTaskGroup(of: Result<String, SignInFailure>?.self) { group in
            group.addTask {
                await .of { () async throws(SignInFailure) in
                    try await receiver.code(from: address) { attempt.verdict(on: $0, at: clock.now()) }
                }
            }
            group.addTask {
                guard (try? await clock.sleep(Self.patience)) != nil else { return nil }
                return .failure(SignInFailure(.timedOut, "No answer came from the browser within five minutes."))
            }
            defer { group.cancelAll() }
            for await outcome in group {
                if let outcome { return outcome }
            }
            return .failure(SignInFailure(.cancelled, "The sign-in was cancelled."))
        }
        return try outcome.get()
    }
}

// What is asked for, and what is kept.
extension SignInFlow {
    /// What is set, else what the server asks for, else all it publishes, else nothing: no scope is made up here.
    ///
    /// What was refused for want of a scope is asked for as well, with what was granted before.
    func scopes(at site: SignInSite) -> [String] {
        if let scopes = request.scopes { return Set(scopes).sorted() }
        var scopes = Set(site.challenged.isEmpty ? site.published : site.challenged)
        let wanted = vault.wanted(server: request.server, profile: request.profile)
        if !wanted.isEmpty {
            scopes.formUnion(wanted)
            scopes.formUnion(vault.records(server: request.server, profile: request.profile).first?.granted ?? [])
        }
        if !scopes.isEmpty, site.authorization.scopes.contains("offline_access") { scopes.insert("offline_access") }
        return scopes.sorted()
    }

    func resource(at site: SignInSite) -> String? {
        switch request.resource {
        case .discovered: site.resource
        case .omitted: nil
        case .fixed(let text): text
        }
    }

    func kept(
        _ tokens: GrantedTokens,
        at site: SignInSite,
        as identity: ClientIdentity,
        _ scopes: [String],
        isService: Bool = false
    ) async throws(SignInFailure) -> SignInRecord {
        let record = SignInRecord(
            server: TokenVault.place(of: request.server),
            profile: request.profile,
            issuer: site.authorization.issuer,
            resource: resource(at: site),
            client: identity,
            scopes: scopes,
            granted: scopes,
            tokenEndpoint: site.authorization.tokenEndpoint,
            revocationEndpoint: site.authorization.revocationEndpoint,
            isService: isService,
            access: tokens.access,
            received: clock.now()
        ).with(tokens, at: clock.now())
        for secret in [record.access, record.refresh].compactMap({ $0 }) { log.redactor.add(secret) }
        try await vault.keep(record)
        try await vault.want([], server: request.server, profile: request.profile)
        return record
    }

    static func failure(_ fault: GrantFault, of server: SignInServer) -> SignInFailure {
        let sentence = "\(server.issuer) was asked for a token, and \(fault.reason)."
        return switch fault {
        case .refused("invalid_client"), .refused("unauthorized_client"): SignInFailure(.clientRefused, sentence)
        case .refused("access_denied"): SignInFailure(.denied, sentence)
        case .refused(let code): SignInFailure(.refused(code: code), sentence)
        case .unavailable: SignInFailure(.unreachable, sentence)
        case .unusable: SignInFailure(.metadata, sentence)
        }
    }
}
