import Crypto
package import HTTP
import JSON
import Logging
import OAuth
import Synchronization

// Asking a person.
extension AuthorizationServer {
    /// `GET` and `POST /authorize` (RFC 6749 §3.1): the first shows what is asked for, the second decides.
    package func authorize(_ request: EndpointRequest) async -> HTTPResponse {
        if let seconds = limits.withLock({ $0.visits.take(request.address, at: now) }) { return answerTooMany(seconds) }
        do {
            return request.method == .post ? try await decide(request) : try await show(request)
        } catch {
            return answerFailure(error, request)
        }
    }

    /// Until it is known where the client is, nothing is said to anyone there.
    private func show(_ request: EndpointRequest) async throws -> HTTPResponse {
        guard let fields = FormFields(request.query ?? "") else {
            note("authorization refused", request, ("reason", "the query cannot be read"))
            return answerUnreadable()
        }
        guard let target = AuthorizationRequest.Target(fields) else {
            note("authorization refused", request, ("reason", "no client_id or redirect_uri, or more than one"))
            return fields["client_id"] == nil ? answerUnknownClient() : answerBadRedirect()
        }
        switch try await clients.client(target.client, for: request.address) {
        case .none(let why):
            note("authorization refused", request, ("reason", why))
            return answerUnknownClient()
        case .busy(let seconds): return answerTooMany(seconds)
        case .client(let client):
            guard let redirect = client.redirect(target.redirect), client.grants.contains(.authorizationCode) else {
                note("authorization refused", request, ("client", client.label), ("reason", "redirect"))
                return answerBadRedirect()
            }
            return try await ask(client, redirect, fields, request)
        }
    }

    private func ask(
        _ client: OAuthClient,
        _ redirect: RedirectURI,
        _ fields: FormFields,
        _ request: EndpointRequest
    ) async throws -> HTTPResponse {
        let asked: AuthorizationRequest
        do throws(OAuthError) {
            asked = try AuthorizationRequest(fields, configuration)
        } catch {
            note("authorization refused", request, ("client", client.label), ("error", error.code.rawValue))
            let state = fields.repeated.contains("state") ? nil : fields["state"]
            return .seeOther(address(of: error, at: redirect, state: state), isSecure: isSecure)
        }
        let pending = PendingSignIn(client, redirect, asked)
        let binding = try BrowserBinding()
        try await keep(pending.json.bytes, for: binding, request)
        note("authorization asked", request, ("client", client.label), ("returns_to", redirect.origin))
        let ticket = try ticket(binding)
        return deliver(.ok, pages.signIn(pending.asked, ticket), cookies: [binding.cookie(isSecure: isSecure)])
    }

    /// For this browser, for a quarter of an hour.
    func keep(_ content: [UInt8], for binding: BrowserBinding, _ request: EndpointRequest) async throws {
        let record = TransactionRecord(
            id: binding.id,
            address: request.address,
            end: now + Double(BrowserBinding.life),
            content: try binding.sealed(content)
        )
        try await issuer.store.add(record)
    }

    /// What is kept for this browser; nil where it has ended.
    func kept(for binding: BrowserBinding) async throws -> [UInt8]? {
        guard let record = try await issuer.store.transaction(binding.id), record.end > now else { return nil }
        return try binding.opened(record.content)
    }

    func ticket(_ binding: BrowserBinding) throws(CryptoUnavailable) -> SignInPages.Ticket {
        SignInPages.Ticket(transaction: binding.id, check: try binding.formCheck(keys().current))
    }

    private func address(of error: OAuthError, at redirect: RedirectURI, state: String?) -> String {
        let parameters = [("error", error.code.rawValue), ("error_description", error.description)]
        return redirect.answering(parameters.map { (name: $0, value: $1) } + trailer(state))
    }

    /// What every answer has: the state as it came, and whose answer it is (RFC 9207).
    func trailer(_ state: String?) -> [(name: String, value: String)] {
        (state.map { [(name: "state", value: $0)] } ?? [])
            + (configuration.namesIssuer ? [(name: "iss", value: configuration.issuer)] : [])
    }
}
