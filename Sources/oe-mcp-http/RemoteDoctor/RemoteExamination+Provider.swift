import Commands
import HTTP
import JOSE
import JSON
import OAuth
import Settings

// The identity provider, as clients and this server find it.
extension RemoteExamination {
    /// What was found of each issuer, and the keys by which its tokens are verified.
    func providers() async -> (checks: [RemoteCheck], keys: [String: JSONWebKeySet]) {
        let provider = settings.oauth.provider
        var (checks, keys): ([RemoteCheck], [String: JSONWebKeySet]) = ([], [:])
        for (place, issuer) in provider.issuers.enumerated() {
            let found = await Provider(issuer, settings.oauth, wiring.providerClient(for: issuer)).found()
            checks += found.checks.map { place == 0 ? $0 : $0.renamed("\($0.name) \(place + 1)") }
            keys[issuer] = found.keys
        }
        return (checks + [audience], keys)
    }

    private var audience: RemoteCheck {
        let provider = settings.oauth.provider
        guard let texts = provider.audience?.texts else {
            let remedy = "Set OAUTH_AUDIENCE to what the identity provider puts into aud for this server."
            return .failed("audience", "OAUTH_AUDIENCE is not set", remedy: remedy)
        }
        // Clients ask for a token for the address that they were given.
        let addresses = [site.mcp, site.base]
        if let near = texts.first(where: { !addresses.contains($0) && addresses.contains($0.withoutSlashAtEnd) }) {
            let remedy = "Leave the slash out, here and at the identity provider."
            return .failed("audience", "\(near) is the address of this server with a slash at its end", remedy: remedy)
        }
        return .ok("audience", "tokens are taken for \(texts.joined(separator: ", "))")
    }
}

extension String {
    fileprivate var withoutSlashAtEnd: String { hasSuffix("/") ? String(dropLast()) : self }
}

/// One identity provider.
private struct Provider {
    private let issuer: String
    private let settings: ProviderSettings
    private let documents: ProviderDocuments

    init(_ issuer: String, _ settings: OAuthSettings, _ client: any HTTPClient) {
        self.issuer = issuer
        self.settings = settings.provider
        documents = ProviderDocuments(client: client, now: { 0 })
    }

    func found() async -> (checks: [RemoteCheck], keys: JSONWebKeySet?) {
        if let problem = IssuerAddress.problem(with: issuer) {
            let remedy = "Write it exactly as the tokens of your identity provider name it (iss)."
            return ([.failed("provider", "\(issuer) \(problem)", remedy: remedy)] + Self.unseen, nil)
        }
        let json: JSON
        do throws(ProviderFailure) { json = try await documents.published(by: issuer).value } catch {
            let remedy = "Check OAUTH_ISSUER, that this machine reaches it, and OAUTH_CA_BUNDLE."
            return ([.failed("provider", error.words, remedy: remedy)] + Self.unseen, nil)
        }
        let (check, keys) = await keys(json)
        return ([identity(json), check, challengeMethods(json), registration(json)], keys)
    }

    private static let unseen = ["provider keys", "provider PKCE", "provider clients"].map {
        RemoteCheck.skipped($0, "not seen without its metadata", remedy: "Correct the line about provider first.")
    }

    private func identity(_ json: JSON) -> RemoteCheck {
        if let fault = IssuerFault(issuer, named: json["issuer"]?.string) {
            return .failed("provider", fault.what, remedy: fault.remedy)
        }
        do throws(ProviderFailure) { _ = try ProviderMetadata(json, of: issuer) } catch {
            let remedy = "Have the identity provider publish https addresses."
            return .failed("provider", error.words, remedy: remedy)
        }
        return .ok("provider", "\(issuer) says so of itself")
    }

    private func keys(_ json: JSON) async -> (RemoteCheck, JSONWebKeySet?) {
        let name = "provider keys"
        if settings.introspectionURL != nil {
            return (.ok(name, "not needed, since the identity provider is asked about each token"), nil)
        }
        guard let address = json["jwks_uri"]?.string else {
            let remedy = "Set OAUTH_INTROSPECTION_URL, if the identity provider signs no tokens."
            return (.failed(name, "the metadata names no jwks_uri", remedy: remedy), nil)
        }
        do throws(ProviderFailure) {
            let keys = try await documents.keys(at: address).value
            guard !keys.keys.isEmpty else {
                let remedy = "Have the identity provider sign with RS, PS or ES, or with EdDSA (RSA from 2048 bits on)."
                return (.failed(name, "none of the keys at \(address) can be used", remedy: remedy), keys)
            }
            return (.ok(name, "\(keys.keys.count) can be used"), keys)
        } catch {
            return (.failed(name, error.words, remedy: "Let this machine reach \(address)."), nil)
        }
    }

    /// Clients go no further where it is not said (MCP 2025-06-18, authorization).
    private func challengeMethods(_ json: JSON) -> RemoteCheck {
        let listed = json["code_challenge_methods_supported"]?.array
        if listed?.contains("S256") == true { return .ok("provider PKCE", "S256 is listed") }
        if settings.isFacade { return .ok("provider PKCE", "S256 is listed by this server in its place") }
        let remedy = "Switch PKCE with S256 on at the identity provider, or set OAUTH_FACADE=true, which lists it."
        return .failed("provider PKCE", "its metadata does not list S256", remedy: remedy)
    }

    /// How clients become known to it.
    private func registration(_ json: JSON) -> RemoteCheck {
        let name = "provider clients"
        if settings.isFacade {
            let remedy = "Set OAUTH_CLIENT_ID to the client that is registered there."
            return settings.clientID == nil
                ? .warning(name, "this server has no client to name in its place", remedy: remedy)
                : .ok(name, "this server names the client that is registered there")
        }
        if json["registration_endpoint"]?.string != nil { return .ok(name, "they can register") }
        if json["client_id_metadata_document_supported"]?.bool == true {
            return .ok(name, "they name themselves by their documents")
        }
        let remedy = "Give people a client id to type in, or set OAUTH_FACADE=true with OAUTH_CLIENT_ID."
        return .warning(name, "they cannot register there by themselves", remedy: remedy)
    }
}

/// Why an identity provider is not the one that the settings name.
struct IssuerFault: Hashable, Sendable {
    let what: String
    let remedy: String

    /// Nil where both are the same, byte for byte (RFC 8414 §3.3).
    init?(_ issuer: String, named: String?) {
        guard let named else {
            what = "the metadata of \(issuer) names no issuer"
            remedy = "Check OAUTH_ISSUER: it is the beginning of the address of the metadata."
            return
        }
        if named.isIdentical(to: issuer) { return nil }
        remedy = "Write OAUTH_ISSUER=\(named), if that is your identity provider."
        what =
            switch (named, issuer) {
            case (issuer + "/", _): "OAUTH_ISSUER lacks the slash at its end that the identity provider writes"
            case (_, named + "/"): "OAUTH_ISSUER has a slash at its end that the identity provider does not write"
            default: "the metadata of \(issuer) names another issuer, \(named)"
            }
    }
}

extension ProviderFailure {
    /// Without the point at the end of its sentence.
    fileprivate var words: String { description.last == "." ? String(description.dropLast()) : description }
}
