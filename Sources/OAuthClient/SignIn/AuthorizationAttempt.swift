import Crypto
import HTTP
import Logging
import Text

/// One way to the authorization server and back: what was sent along, and what has to come back (RFC 6749 §4.1, RFC 7636,
/// RFC 8707, RFC 9207).
package struct AuthorizationAttempt: Sendable {
    /// What a browser has brought back.
    package enum Verdict: Hashable, Sendable {
        /// It is not for this attempt, which goes on as before.
        case notOurs
        case code(String)
        case failed(SignInFailure)
    }

    /// Good for so many seconds.
    static let life = 600.0

    package let state: String
    let verifier: String
    let began: Double
    let site: SignInSite
    let identity: ClientIdentity
    let redirect: String
    let scopes: [String]
    let resource: String?
    let extra: [SignInRequest.Extra]

    init(
        site: SignInSite,
        identity: ClientIdentity,
        redirect: String,
        scopes: [String],
        resource: String?,
        extra: [SignInRequest.Extra] = [],
        at now: Double
    ) throws(SignInFailure) {
        do throws(CryptoUnavailable) {
            state = Base64.encoded(try Crypto.randomBytes(16), .urlSafe)
            verifier = Base64.encoded(try Crypto.randomBytes(32), .urlSafe)
        } catch {
            throw SignInFailure(.store, "\(error)")
        }
        began = now
        self.site = site
        self.identity = identity
        self.redirect = redirect
        self.scopes = scopes
        self.resource = resource
        self.extra = extra
    }

    /// Where a browser has to go.
    package func address() throws(SignInFailure) -> String {
        guard let endpoint = site.authorization.authorizationEndpoint else {
            throw SignInFailure(
                .metadata,
                "The metadata of \(site.authorization.issuer) has no authorization endpoint."
            )
        }
        let challenge: String
        do throws(CryptoUnavailable) {
            challenge = Base64.encoded(try Crypto.digest(Array(verifier.utf8)), .urlSafe)
        } catch {
            throw SignInFailure(.store, "\(error)")
        }
        var items = [
            (name: "response_type", value: "code"), (name: "client_id", value: identity.id),
            (name: "redirect_uri", value: redirect), (name: "state", value: state),
            (name: "code_challenge", value: challenge), (name: "code_challenge_method", value: "S256"),
        ]
        if !scopes.isEmpty { items.append(("scope", scopes.joined(separator: " "))) }
        if let resource { items.append(("resource", resource)) }
        items += extra.map { ($0.name, $0.value) }
        return endpoint + (endpoint.utf8.contains(UInt8(ascii: "?")) ? "&" : "?") + URLText.query(items)
    }

    /// What the query of the redirect says.
    ///
    /// Of an answer of another server nothing is read, not even its error.
    package func verdict(on query: String, at now: Double) -> Verdict {
        let items = URLText.queryItems(query)
        let told = Dictionary(items.map { ($0.name, $0.value) }) { first, _ in first }
        guard told.count == items.count, let back = told["state"],
            Crypto.areEqual(Array(back.utf8), Array(state.utf8))
        else { return .notOurs }
        let server = site.authorization
        if let issuer = told["iss"] {
            guard issuer.hasSameBytes(as: server.issuer) else {
                return .failed(
                    SignInFailure(.notOurs, "The answer comes from another authorization server than \(server.issuer).")
                )
            }
        } else if server.namesItself {
            return .failed(SignInFailure(.notOurs, "The answer does not say that it comes from \(server.issuer)."))
        }
        guard now < began + Self.life else {
            return .failed(SignInFailure(.timedOut, "The answer came after more than ten minutes."))
        }
        if let error = told["error"] { return .failed(Self.failure(error, of: server)) }
        guard let code = told["code"], !code.isEmpty else {
            return .failed(
                SignInFailure(.refused(code: "no code"), "\(server.issuer) has sent neither a code nor an error.")
            )
        }
        return .code(code)
    }

    private static func failure(_ error: String, of server: SignInServer) -> SignInFailure {
        if error == "access_denied" { return SignInFailure(.denied, "The sign-in was declined at \(server.issuer).") }
        let isCode = error.utf8.count <= 48 && error.utf8.allSatisfy { (97...122).contains($0) || $0 == 95 }
        let code = isCode ? error : "an error of its own"
        return SignInFailure(.refused(code: code), "\(server.issuer) refuses the sign-in (\(code)).")
    }

    /// What is asked of the token endpoint.
    func form(code: String) -> [(name: String, value: String)] {
        var form = [
            (name: "grant_type", value: "authorization_code"), (name: "code", value: code),
            (name: "redirect_uri", value: redirect), (name: "code_verifier", value: verifier),
        ]
        if let resource { form.append(("resource", resource)) }
        return form
    }
}
