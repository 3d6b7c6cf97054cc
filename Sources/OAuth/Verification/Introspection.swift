package import HTTP
import JSON
package import Logging
import Text

/// Asks the identity provider about each token (RFC 7662), for those that no one else can read.
package struct Introspection: Sendable {
    private let address: String
    private let clientID: String?
    private let secret: Secret?
    private let documents: ProviderDocuments

    /// Without a secret the client's id is only named (RFC 7662 §2.1).
    package init(at address: String, clientID: String?, secret: Secret?, client: any HTTPClient) {
        self.address = address
        self.clientID = clientID
        self.secret = secret
        documents = ProviderDocuments(client: client, now: { 0 })
    }

    /// What the provider says of a token; nil where it is not active.
    func claims(of token: Secret) async throws(ProviderFailure) -> JSON? {
        let response = try await documents.response(to: request(token))
        guard response.status == .ok else {
            throw ProviderFailure("\(address) answered with \(response.status.rawValue)")
        }
        let json = try ProviderDocuments.object(response.body, from: address)
        guard let isActive = json["active"]?.bool else {
            throw ProviderFailure("\(address) does not say whether the token is active")
        }
        return isActive ? json : nil
    }

    private func request(_ token: Secret) -> HTTPRequest {
        var form = [("token", token.revealed), ("token_type_hint", "access_token")]
        var fields: HTTPFields = ["Content-Type": "application/x-www-form-urlencoded"]
        if let clientID, let secret {
            // Each is encoded as in a form before (RFC 6749 §2.3.1).
            let pair = [clientID, secret.revealed].map { PercentEncoding.encoded($0) }.joined(separator: ":")
            fields["Authorization"] = "Basic " + Base64.encoded(pair)
        } else if let clientID {
            form.append(("client_id", clientID))
        }
        let body = Array(URLText.query(form.map { (name: $0, value: $1) }).utf8)
        return HTTPRequest(.post, address, fields: fields, body: body)
    }
}
