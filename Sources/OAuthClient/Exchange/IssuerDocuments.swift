import HTTP
import Synchronization

/// What issuers publish, kept for an hour.
final class IssuerDocuments: Sendable {
    private let discovery: SignInDiscovery
    private let now: @Sendable () -> Double
    private let kept = Mutex<[String: (server: SignInServer, until: Double)]>([:])
    private let fetches = SharedWork<String, Result<SignInServer, SignInFailure>>()

    private static let life = 3600.0

    init(_ client: any HTTPClient, now: @escaping @Sendable () -> Double) {
        discovery = SignInDiscovery(client)
        self.now = now
    }

    func server(_ issuer: String) async throws(SignInFailure) -> SignInServer {
        if let known = known(issuer) { return known }
        return try await fetches.outcome(for: issuer) {
            await .of { () async throws(SignInFailure) in
                if let known = self.known(issuer) { return known }
                let server = try await self.discovery.authorizationServer(issuer)
                let end = self.now() + Self.life
                self.kept.withLock { $0[issuer] = (server, end) }
                return server
            }
        }.get()
    }

    private func known(_ issuer: String) -> SignInServer? {
        let now = now()
        return kept.withLock { kept in kept[issuer].flatMap { now < $0.until ? $0.server : nil } }
    }
}
