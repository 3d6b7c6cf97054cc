import Clock
package import HTTP

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
    private let description: SharedDocument<ProviderMetadata>
    let keys: PublishedKeys

    init(_ name: String, documents: ProviderDocuments, now: @escaping @Sendable () -> Double) {
        self.name = name
        let description = SharedDocument(now: now) { () async throws(ProviderFailure) in
            try await documents.metadata(of: name)
        }
        self.description = description
        keys = PublishedKeys(now: now) { () async throws(ProviderFailure) in
            guard let address = try await description.latest().keys else {
                throw ProviderFailure("the metadata of \(name) names no keys")
            }
            return try await documents.keys(at: address)
        }
    }

    package func metadata() async throws(ProviderFailure) -> ProviderMetadata { try await description.latest() }
}
