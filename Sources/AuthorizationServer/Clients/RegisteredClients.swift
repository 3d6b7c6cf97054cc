import Crypto
import JSON
import OAuth
import Text

/// Registration that keeps nothing (RFC 7591): the id of a client is what it has registered, with a mark that shows that
/// this server made it.
///
/// The same registration of a public client always gives the same id. That of a client with a secret is new each time, and
/// its secret follows from it.
struct RegisteredClients: Sendable {
    private let keys: KeySets
    private let policy: RedirectPolicy

    static let prefix = "oec1."
    /// More than the longest that is ever made.
    private static let longest = 16_384

    init(_ keys: KeySets, _ policy: RedirectPolicy) {
        self.keys = keys
        self.policy = policy
    }

    /// The answer to a registration (RFC 7591 §3.2.1); `scopes` are those that the client may ask for.
    func register(_ json: JSON, scopes: [String], at now: Double) throws -> JSON {
        let metadata = try ClientMetadata(registering: json, policy)
        let isPublic = metadata.authentication == .none
        let nonce = isPublic ? nil : Base64.encoded(try Crypto.randomBytes(12), .urlSafe)
        let set = keys.current
        let payload = Base64.encoded(metadata.kept(nonce: nonce).bytes, .urlSafe)
        let id = Self.prefix + "\(set.id).\(payload).\(try Self.mark(payload, set))"
        let secret = isPublic ? nil : try Self.secret(of: id, set)
        return JSON.members(
            ("client_id", .string(id)),
            ("client_id_issued_at", .int(Int(now))),
            ("client_secret", secret.map { .string($0) }),
            ("client_secret_expires_at", secret.map { _ in 0 }),
            ("client_name", metadata.name.map { .string($0) }),
            ("redirect_uris", .strings(metadata.redirects.map { $0.text })),
            ("grant_types", .strings(metadata.grants.map { $0.rawValue })),
            ("response_types", ["code"]),
            ("token_endpoint_auth_method", .string(metadata.authentication.rawValue)),
            ("application_type", metadata.applicationType.map { .string($0) }),
            ("scope", .string(scopes.joined(separator: " ")))
        )
    }

    /// Nil for what this server has not made, and where no redirect is allowed any more.
    func client(_ id: String) throws(CryptoUnavailable) -> OAuthClient? {
        guard id.utf8.count <= Self.longest, id.hasPrefix(Self.prefix) else { return nil }
        let parts = id.dropFirst(Self.prefix.count).split(separator: ".", omittingEmptySubsequences: false).map {
            String($0)
        }
        guard parts.count == 3, let set = keys[parts[0]],
            areEqual(Array(try Self.mark(parts[1], set).utf8), Array(parts[2].utf8)),
            let bytes = Base64.decoded(parts[1]),
            let json = try? JSON(parsing: bytes), let metadata = ClientMetadata(kept: json)
        else { return nil }
        let redirects = metadata.redirects.filter { policy.allows($0) }
        guard !redirects.isEmpty else { return nil }
        let digest = metadata.authentication == .none ? nil : try Crypto.digest(Array(Self.secret(of: id, set).utf8))
        return OAuthClient(
            id: id,
            name: metadata.name ?? "",
            identity: .selfRegistered,
            redirects: redirects,
            authentication: [metadata.authentication],
            secretDigest: digest,
            grants: Set(metadata.grants)
        )
    }

    private static func mark(_ payload: String, _ set: KeySet) throws(CryptoUnavailable) -> String {
        let code = try Crypto.authentication(of: Array(payload.utf8), key: set.client)
        return Base64.encoded(Array(code.prefix(16)), .urlSafe)
    }

    private static func secret(of id: String, _ set: KeySet) throws(CryptoUnavailable) -> String {
        Base64.encoded(try Crypto.authentication(of: Array(id.utf8), key: set.secret), .urlSafe)
    }
}
