import JOSE
package import JSON
import Synchronization

/// The keys with which someone signs, as they are published: fetched when they are first needed.
package final class PublishedKeys: Sendable {
    private let now: @Sendable () -> Double
    private let document: SharedDocument<JSONWebKeySet>
    private let absent = Mutex(AbsentKeys())

    private init(now: @escaping @Sendable () -> Double, _ document: SharedDocument<JSONWebKeySet>) {
        self.now = now
        self.document = document
    }

    init(now: @escaping @Sendable () -> Double, _ fetching: @escaping SharedDocument<JSONWebKeySet>.Fetching) {
        self.now = now
        document = SharedDocument(now: now, fetching)
    }

    /// Those at an address.
    package convenience init(at address: String, _ documents: ProviderDocuments) {
        self.init(now: documents.now) { () async throws(ProviderFailure) in try await documents.keys(at: address) }
    }

    /// Those of a set that is at hand; nil where none of it can be used.
    package convenience init?(_ json: JSON, now: @escaping @Sendable () -> Double) {
        guard let set = try? JSONWebKeySet(json.bytes), !set.keys.isEmpty else { return nil }
        self.init(now: now) { () async throws(ProviderFailure) in Fetched(value: set, life: .infinity) }
    }

    /// Whether the next look at them begins to fetch them.
    package var areDue: Bool { document.isDue }

    /// The last good ones, for a day, without a fetch of others; nil before any came.
    package var last: PublishedKeys? {
        document.last.map { set in
            PublishedKeys(
                now: now,
                SharedDocument(now: now, holding: set, failure: ProviderFailure("too many keys are fetched now"))
            )
        }
    }

    /// Whether one of those that are there has signed the token; nil where others may have.
    func haveSignedAtHand(_ token: JSONWebToken) -> Bool? {
        guard let known = document.current else { return nil }
        if known.hasSigned(token) { return true }
        // Where its key is known, the signature is wrong.
        return known.names(token) ? false : nil
    }

    /// Whether one of them has signed the token.
    ///
    /// A key that is not known is looked for once in half a minute, since there may be a new one.
    func haveSigned(_ token: JSONWebToken) async throws(ProviderFailure) -> Bool {
        let known = try await document.latest()
        if known.hasSigned(token) { return true }
        guard !known.names(token) else { return false }
        let id = token.keyID ?? ""
        guard !absent.withLock({ $0.contains(id, at: now()) }), let renewed = try await document.renewed() else {
            return false
        }
        if token.keyID != nil, !renewed.names(token) { absent.withLock { $0.insert(id, at: now()) } }
        return renewed.hasSigned(token)
    }

    func requireSignature(of token: JSONWebToken) async throws(TokenRefusal) {
        let isSigned: Bool
        do throws(ProviderFailure) {
            isSigned = try await haveSigned(token)
        } catch {
            throw .unavailable("\(error)")
        }
        guard isSigned else { throw .notSigned }
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

extension TokenRefusal {
    static let notSigned = TokenRefusal.invalid("no key of its issuer has signed it")
}
