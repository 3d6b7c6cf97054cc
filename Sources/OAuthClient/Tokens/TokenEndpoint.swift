import HTTP
import JSON
package import Logging
import Text

/// How a client shows at a token endpoint who it is (RFC 6749 §2.3.1).
package enum ClientAuthenticationMethod: String, Hashable, Sendable, CaseIterable {
    case none
    case post = "client_secret_post"
    case basic = "client_secret_basic"
}

/// A client as an authorization server knows it.
package struct ClientIdentity: Hashable, Sendable {
    package let id: String
    package let secret: Secret?
    package let method: ClientAuthenticationMethod

    /// Without `method`: none where there is no secret, else post where the server offers it, else basic.
    package init(id: String, secret: Secret? = nil, method: ClientAuthenticationMethod? = nil, offered: [String]? = nil)
    {
        self.id = id
        self.secret = secret
        guard secret != nil else {
            self.method = .none
            return
        }
        // RFC 8414 §2: basic where the metadata does not say.
        let usual: ClientAuthenticationMethod = offered?.contains("client_secret_post") == true ? .post : .basic
        self.method = method ?? usual
    }
}

/// Asks a token endpoint for tokens, or to forget them.
struct TokenEndpoint: Sendable {
    let client: any HTTPClient
    let now: @Sendable () -> Double

    private static let patience = Duration.seconds(20)

    func tokens(
        from address: String,
        _ form: [(name: String, value: String)],
        as identity: ClientIdentity
    ) async throws(GrantFault) -> GrantedTokens {
        try GrantedTokens(try await object(from: address, form, as: identity), at: now())
    }

    /// The JSON object of a success.
    func object(
        from address: String,
        _ form: [(name: String, value: String)],
        as identity: ClientIdentity
    ) async throws(GrantFault) -> JSON {
        let response = try await response(to: Self.request(to: address, form, as: identity))
        guard response.status.isSuccess else { throw GrantFault(response) }
        guard response.body.count <= 256 << 10, let json = try? JSON(parsing: response.body), json.object != nil else {
            throw .unusable("its answer is not a JSON object")
        }
        // Some answer with 200 and an error.
        if json["access_token"] == nil, json["error"] != nil {
            throw GrantFault(HTTPResponse(.badRequest, body: response.body))
        }
        return json
    }

    func response(to request: HTTPRequest) async throws(GrantFault) -> HTTPResponse {
        var request = request
        request.timeLimit = Self.patience
        do throws(HTTPFailure) {
            return try await client.send(request)
        } catch {
            throw .unavailable("\(error)".sentencePart)
        }
    }

    static func request(
        to address: String,
        _ form: [(name: String, value: String)],
        as identity: ClientIdentity
    ) -> HTTPRequest {
        var form = form
        var fields: HTTPFields = [
            "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json",
        ]
        switch identity.method {
        case .basic:
            // Each is encoded as in a form before (RFC 6749 §2.3.1).
            let pair = [identity.id, identity.secret?.revealed ?? ""].map { PercentEncoding.encoded($0) }
            fields["Authorization"] = "Basic " + Base64.encoded(pair.joined(separator: ":"))
        case .post:
            form += [("client_id", identity.id), ("client_secret", identity.secret?.revealed ?? "")]
        case .none:
            form.append(("client_id", identity.id))
        }
        return HTTPRequest(.post, address, fields: fields, body: Array(URLText.query(form).utf8), mayBeRepeated: false)
    }
}

extension String {
    /// A sentence as the part of another: without its full stop.
    var sentencePart: String { hasSuffix(".") ? String(dropLast()) : self }
}
