import HTTP
import JOSE
import JSON

/// Fetches what identity providers publish: no more of it than is sound, and from nowhere else.
struct ProviderDocuments: Sendable {
    let client: any HTTPClient
    let now: @Sendable () -> Double

    private static let longest = 256 << 10
    private static let patience = Duration.seconds(10)
    private static let lives = 300.0...86_400.0
    private static let usualLife = 3600.0

    /// The first that is there (RFC 8414 §3.1): a refusal leads on to the next, and anything else ends the search.
    func metadata(of issuer: String) async throws(ProviderFailure) -> Fetched<ProviderMetadata> {
        var refusal = ProviderFailure("\(issuer) publishes no metadata")
        for address in IssuerAddress.metadata(of: issuer) {
            let response = try await response(from: address)
            guard response.status == .ok else {
                refusal = ProviderFailure("\(address) answered with \(response.status.rawValue)")
                if (400..<500).contains(response.status.rawValue) { continue }
                throw refusal
            }
            let json = try Self.object(response.body, from: address)
            return Fetched(value: try ProviderMetadata(json, of: issuer), life: life(of: response))
        }
        throw refusal
    }

    func keys(at address: String) async throws(ProviderFailure) -> Fetched<JSONWebKeySet> {
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
