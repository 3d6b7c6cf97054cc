package import HTTP
package import JOSE
package import JSON

/// Fetches what identity providers publish: no more of it than is sound, and from nowhere else.
package struct ProviderDocuments: Sendable {
    let client: any HTTPClient
    let now: @Sendable () -> Double

    /// `client` should take no more than a megabyte of an answer, and follow no redirect.
    package init(client: any HTTPClient, now: @escaping @Sendable () -> Double) {
        self.client = client
        self.now = now
    }

    private static let longest = 256 << 10
    private static let patience = Duration.seconds(10)
    private static let lives = 300.0...86_400.0
    private static let usualLife = 3600.0

    func metadata(of issuer: String) async throws(ProviderFailure) -> Fetched<ProviderMetadata> {
        let found = try await published(by: issuer)
        return Fetched(value: try ProviderMetadata(found.value, of: issuer), life: found.life)
    }

    /// The first document that is there, whatever it says (RFC 8414 §3.1): a refusal leads on to the next, and anything
    /// else ends the search.
    package func published(by issuer: String) async throws(ProviderFailure) -> Fetched<JSON> {
        var refusal = ProviderFailure("\(issuer) publishes no metadata")
        for address in IssuerAddress.metadata(of: issuer) {
            let response = try await response(from: address)
            guard response.status == .ok else {
                refusal = ProviderFailure("\(address) answered with \(response.status.rawValue)")
                if (400..<500).contains(response.status.rawValue) { continue }
                throw refusal
            }
            return Fetched(value: try Self.object(response.body, from: address), life: life(of: response))
        }
        throw refusal
    }

    package func keys(at address: String) async throws(ProviderFailure) -> Fetched<JSONWebKeySet> {
        let response = try await response(from: address)
        guard response.status == .ok else {
            throw ProviderFailure("\(address) answered with \(response.status.rawValue)")
        }
        do throws(JOSEFault) {
            return Fetched(value: try JSONWebKeySet(response.body), life: life(of: response))
        } catch {
            throw ProviderFailure("the keys at \(address) cannot be used: \(error)")
        }
    }

    static func object(_ body: [UInt8], from address: String) throws(ProviderFailure) -> JSON {
        guard body.count <= longest,
            let json = try? JSON(parsing: body, within: JSON.Limits(depth: 16, values: 10_000)),
            json.object != nil, !json.repeatsNames
        else { throw ProviderFailure("\(address) answered with no JSON object, or with one that is too large") }
        return json
    }

    func response(to request: HTTPRequest) async throws(ProviderFailure) -> HTTPResponse {
        var request = request
        request.timeLimit = Self.patience
        request.fields["Accept"] = "application/json"
        do throws(HTTPFailure) {
            return try await client.send(request)
        } catch {
            throw ProviderFailure("\(error)")
        }
    }

    private func response(from address: String) async throws(ProviderFailure) -> HTTPResponse {
        try await response(to: HTTPRequest(.get, address))
    }

    private func life(of response: HTTPResponse) -> Double {
        response.freshSeconds(within: Self.lives, usual: Self.usualLife, at: now())
    }
}
