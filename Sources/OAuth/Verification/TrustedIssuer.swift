import Clock
package import HTTP
import JOSE
import Synchronization

/// Those whose tokens are taken, each with its metadata and keys, which are fetched when they are first needed.
package struct TrustedIssuers: Sendable {
    private let all: [TrustedIssuer]

    /// `client` should take no more than a megabyte of an answer, and follow no redirect.
    package init(
        _ issuers: [String],
        client: any HTTPClient,
        now: @escaping @Sendable () -> Double = SystemClock.secondsSince1970
    ) {
        all = issuers.map { TrustedIssuer($0, documents: ProviderDocuments(client: client, now: now), now: now) }
    }

    /// The one of exactly this name (RFC 9068 §4): a slash at the end makes another one of it.
    package subscript(_ issuer: String?) -> TrustedIssuer? {
        guard let issuer else { return nil }
        return all.first { $0.name.isIdentical(to: issuer) }
    }

    package var first: TrustedIssuer? { all.first }
}

/// An identity provider: what it says of itself, and its keys.
package final class TrustedIssuer: Sendable {
    package let name: String
    private let now: @Sendable () -> Double
    private let description: SharedDocument<ProviderMetadata>
    private let keys: SharedDocument<JSONWebKeySet>
    private let absent = Mutex(AbsentKeys())

    init(_ name: String, documents: ProviderDocuments, now: @escaping @Sendable () -> Double) {
        self.name = name
        self.now = now
        let description = SharedDocument(now: now) { () async throws(ProviderFailure) in
            try await documents.metadata(of: name)
        }
        self.description = description
        keys = SharedDocument(now: now) { () async throws(ProviderFailure) in
            guard let address = try await description.latest().keys else {
                throw ProviderFailure("the metadata of \(name) names no keys")
            }
            return try await documents.keys(at: address)
        }
    }

    package func metadata() async throws(ProviderFailure) -> ProviderMetadata { try await description.latest() }

    /// Whether one of the keys that are there has signed the token; nil where others may have.
    func hasSignedAtHand(_ token: JSONWebToken) -> Bool? {
        guard let known = keys.current else { return nil }
        if known.hasSigned(token) { return true }
        // Where its key is known, the signature is wrong.
        return known.names(token) ? false : nil
    }

    /// Whether one of its keys has signed the token.
    ///
    /// A key that is not known is looked for once in half a minute, since a provider may have a new one.
    func hasSigned(_ token: JSONWebToken) async throws(ProviderFailure) -> Bool {
        let known = try await keys.latest()
        if known.hasSigned(token) { return true }
        guard !known.names(token) else { return false }
        let id = token.keyID ?? ""
        guard !absent.withLock({ $0.contains(id, at: now()) }), let renewed = try await keys.renewed() else {
            return false
        }
        if token.keyID != nil, !renewed.names(token) { absent.withLock { $0.insert(id, at: now()) } }
        return renewed.hasSigned(token)
    }
}

/// Names of keys that were looked for and not found, for a while.
struct AbsentKeys: Sendable {
    static let seconds = 60.0
    static let most = 256

    private var ends: [String: Double] = [:]

    func contains(_ id: String, at now: Double) -> Bool { ends[id].map { now < $0 } ?? false }

    mutating func insert(_ id: String, at now: Double) {
        if ends.count >= Self.most { ends = ends.filter { now < $0.value } }
        if ends.count >= Self.most { ends.removeAll() }
        ends[id] = now + Self.seconds
    }
}
