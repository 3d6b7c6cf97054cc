package import HTTP
import JSON
package import Logging
import Text

/// Gets a token for one resource with one that was issued for another (RFC 8693, or Microsoft Entra's on-behalf-of).
package struct DelegationGrant: Hashable, Sendable {
    package enum Kind: Sendable {
        /// RFC 8693.
        case tokenExchange
        /// RFC 7523 with `requested_token_use=on_behalf_of`, as Microsoft Entra has it.
        case onBehalfOf
    }

    package let kind: Kind
    package let clientID: String
    package let clientSecret: Secret?
    /// Whom the new token is for.
    package let audience: String?
    package let scope: String?

    package init(_ kind: Kind, clientID: String, clientSecret: Secret?, audience: String?, scope: String?) {
        self.kind = kind
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.audience = audience
        self.scope = scope
    }

    /// `methods` are the ways in which `endpoint` authenticates clients, where its metadata says (RFC 8414 §2).
    package func request(of token: Secret, to endpoint: String, methods: [String]? = nil) -> HTTPRequest {
        var form = parameters(of: token)
        var fields: HTTPFields = [
            "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json",
        ]
        if let clientSecret, !posts(methods) {
            // Each is encoded as in a form before (RFC 6749 §2.3.1).
            let pair = [clientID, clientSecret.revealed].map { PercentEncoding.encoded($0) }.joined(separator: ":")
            fields["Authorization"] = "Basic " + Base64.encoded(pair)
        } else {
            form.append(("client_id", clientID))
            if let clientSecret { form.append(("client_secret", clientSecret.revealed)) }
        }
        let body = URLText.query(form.map { (name: $0, value: $1) })
        return HTTPRequest(.post, endpoint, fields: fields, body: Array(body.utf8), mayBeRepeated: false)
    }

    /// Whether id and secret go into the body, and not into `Authorization`.
    private func posts(_ methods: [String]?) -> Bool {
        guard let methods else { return kind == .onBehalfOf }
        return !methods.contains("client_secret_basic") && methods.contains("client_secret_post")
    }

    private func parameters(of token: Secret) -> [(String, String)] {
        let optional = [("audience", kind == .tokenExchange ? audience : nil), ("scope", requestedScope)]
        return own(token) + optional.compactMap { name, value in value.map { (name, $0) } }
    }

    private func own(_ token: Secret) -> [(String, String)] {
        switch kind {
        case .tokenExchange:
            [
                ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"), ("subject_token", token.revealed),
                ("subject_token_type", Self.accessToken), ("requested_token_type", Self.accessToken),
            ]
        case .onBehalfOf:
            [
                ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", token.revealed),
                ("requested_token_use", "on_behalf_of"),
            ]
        }
    }

    /// Entra has no parameter for the audience: the scope names it.
    private var requestedScope: String? {
        guard kind == .onBehalfOf, scope == nil else { return scope }
        return audience.map { $0.hasSuffix("/.default") ? $0 : $0 + "/.default" }
    }

    private static let accessToken = "urn:ietf:params:oauth:token-type:access_token"
}

/// What a token endpoint has issued (RFC 6749 §5.1, RFC 8693 §2.2.1).
package struct IssuedToken: Hashable, Sendable {
    package let text: Secret
    /// How many seconds it is good; nil where the answer does not say.
    package let life: Double?

    /// Why a token endpoint has issued none.
    package enum Fault: Error, Hashable, Sendable {
        /// The token that was presented is not good, or not for this; the code of the error.
        case refused(String)
        /// This client may not ask for that, or does not ask as it should; the code of the error.
        case misconfigured(String)
        /// It could not say, so that it may be asked again later; the reason is for the log.
        case unavailable(String)
    }

    package init(_ response: HTTPResponse) throws(Fault) {
        let json = (try? JSON(parsing: response.body)) ?? .null
        guard response.status == .ok else { throw Self.fault(response.status, json["error"]?.string) }
        guard let text = json["access_token"]?.string, Self.isSendable(text), Self.isBearer(json["token_type"]) else {
            throw .unavailable("its answer has no usable token")
        }
        self.text = Secret(text)
        life = json["expires_in"]?.double.flatMap { $0.isFinite && $0 > 0 ? $0 : nil }
    }

    /// RFC 8693 §2.2.1 has `N_A` for what is not used as an access token at its issuer.
    private static func isBearer(_ type: JSON?) -> Bool {
        guard let type = type?.string?.lowercased() else { return type == nil }
        return type == "bearer" || type == "n_a"
    }

    private static func isSendable(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 16_384 && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    private static func fault(_ status: HTTPStatus, _ error: String?) -> Fault {
        switch error {
        case "invalid_grant", "interaction_required", "access_denied": .refused(error ?? "")
        // RFC 8693 §2.2.2 has it for a subject token that is not good, too.
        case "invalid_request" where status == .badRequest: .refused("invalid_request")
        case "invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope", "invalid_target":
            .misconfigured(error ?? "")
        default:
            (400..<500).contains(status.rawValue) && status != .tooManyRequests && status != .requestTimeout
                ? .misconfigured("status \(status)") : .unavailable("status \(status)")
        }
    }
}
