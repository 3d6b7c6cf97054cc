import Crypto
package import HTTP
import JSON
import Logging
import OAuth
import Synchronization
import Text

// What the person decides.
extension AuthorizationServer {
    /// Only what is kept here counts; of the form, who it is from, what was typed, and what was ticked.
    func decide(_ request: EndpointRequest) async throws -> HTTPResponse {
        guard isFromOurPage(request) else { return refuse(answerForeignForm(), request, "sent from another page") }
        guard let form = FormFields(body: request.body, request.fields), form.repeated.isEmpty else {
            return refuse(answerUnreadable(), request, "no form")
        }
        guard let binding = BrowserBinding(form["transaction"], in: request, isSecure: isSecure) else {
            let isBare = form["transaction"] == nil
            return refuse(
                isBare ? answerUnreadable() : answerWithoutCookie(),
                request,
                isBare ? "no form" : "no cookie"
            )
        }
        guard try binding.isGood(form["csrf"], keys()) else {
            return refuse(answerForeignForm(), request, "not the form of this browser")
        }
        guard let pending = try await kept(for: binding).flatMap({ PendingSignIn($0) }) else {
            return refuse(answerExpired(), request, "the page has expired, or was used")
        }
        switch form["decision"] {
        case "allow": return try await allow(pending, form, binding, request)
        case "deny":
            guard try await issuer.store.takeTransaction(binding.id) != nil else {
                return refuse(answerExpired(), request, "decided already")
            }
            note("authorization denied", request, ("returns_to", pending.redirect.origin))
            let error = [
                (name: "error", value: OAuthError.Code.accessDenied.rawValue),
                (name: "error_description", value: "The person did not agree. Ask them to start again."),
            ]
            return try await hand(pending, error, isAllowed: false, binding, request)
        default: return refuse(answerUnreadable(), request, "no decision")
        }
    }

    /// Has a line in the log, by whose request id the answer can be found.
    private func refuse(_ answer: HTTPResponse, _ request: EndpointRequest, _ why: String) -> HTTPResponse {
        note("authorization refused", request, ("reason", why))
        return answer
    }

    private func allow(
        _ pending: PendingSignIn,
        _ form: FormFields,
        _ binding: BrowserBinding,
        _ request: EndpointRequest
    ) async throws -> HTTPResponse {
        let values = typed(form)
        if let complaint = missing(values) ?? check.complaint(about: values) {
            note("sign-in refused", request, ("reason", "something is missing, or cannot be a credential"))
            return try again(pending, form, binding, complaint)
        }
        let attempt = Attempt(of: binding.id, person: try key(of: values), address: request.address)
        if let seconds = begin(attempt) {
            note("sign-in refused", request, ("reason", "too many attempts"))
            return answerTooMany(seconds)
        }
        switch await check.verdict(on: values) {
        case .refused:
            note("sign-in refused", request, ("reason", "credential"))
            return try again(
                pending,
                form,
                binding,
                "\(pages.words.product) does not accept these values. Check both, and type them again."
            )
        case .unavailable(let reason):
            takeBack(attempt)
            log.write(.warning, "sign-in not possible", [("request", request.id), ("reason", reason)])
            return try again(
                pending,
                form,
                binding,
                "\(pages.words.product) cannot be reached at the moment, so nothing was granted. Try again in a minute.",
                status: .serviceUnavailable
            )
        case .accepted(let label, let payload):
            takeBack(attempt)
            guard let taken = try await issuer.store.takeTransaction(binding.id) else {
                return refuse(answerExpired(), request, "decided already")
            }
            do {
                return try await grant(pending, scopes(ticked: form, pending), values, label, payload, binding, request)
            } catch {
                // Nothing was granted: the person can try again.
                try? await issuer.store.add(taken)
                throw error
            }
        }
    }

    private func grant(
        _ pending: PendingSignIn,
        _ scopes: [String],
        _ values: [String: Secret],
        _ label: String,
        _ payload: [UInt8],
        _ binding: BrowserBinding,
        _ request: EndpointRequest
    ) async throws -> HTTPResponse {
        let consent = GrantConsent(
            client: pending.granted,
            subject: label,
            owner: try keys().owner(of: check.identity(of: values)),
            scopes: scopes,
            resource: pending.resource,
            content: payload
        )
        let code = try await issuer.code(
            for: consent,
            redirectURI: pending.redirect.text,
            challenge: pending.challenge,
            mayRefresh: pending.mayRefresh
        )
        note(
            "authorization granted",
            request,
            ("person", label),
            ("returns_to", pending.redirect.origin),
            ("scope", scopes.joined(separator: " "))
        )
        return try await hand(pending, [(name: "code", value: code.revealed)], isAllowed: true, binding, request)
    }

    /// The same page, with what was wrong and what was ticked, and with nothing of what was typed.
    private func again(
        _ pending: PendingSignIn,
        _ form: FormFields,
        _ binding: BrowserBinding,
        _ complaint: String,
        status: HTTPStatus = .ok
    ) throws -> HTTPResponse {
        let ticked = Set(pages.words.scopes.compactMap { $0.box }.filter { form[$0] == "on" })
        let page = pages.signIn(pending.asked, try ticket(binding), complaint: complaint, ticked: ticked)
        return deliver(status, page, after: status == .serviceUnavailable ? 30 : nil)
    }

    /// What every grant has, and of what was asked for what was ticked.
    private func scopes(ticked form: FormFields, _ pending: PendingSignIn) -> [String] {
        pages.words.scopes.filter { scope in
            guard let box = scope.box else { return true }
            return pending.scopes.contains(scope.scope) && form[box] == "on"
        }.map { $0.scope }
    }
}

// Going back to the client.
extension AuthorizationServer {
    /// Over a page of ours, so that no policy of this page has to allow where the client sends the browser next.
    private func hand(
        _ pending: PendingSignIn,
        _ parameters: [(name: String, value: String)],
        isAllowed: Bool,
        _ former: BrowserBinding,
        _ request: EndpointRequest
    ) async throws -> HTTPResponse {
        let binding = try BrowserBinding()
        let address = pending.redirect.answering(parameters + trailer(pending.state))
        let content = JSON.members(
            ("redirect", .string(pending.redirect.text)),
            ("address", .string(address)),
            ("is_allowed", .bool(isAllowed))
        )
        try await keep(content.bytes, for: binding, request)
        return .seeOther(
            "\(configuration.issuer)/authorize/done?transaction=\(binding.id)",
            isSecure: isSecure,
            cookies: [former.cookieEnd(isSecure: isSecure), binding.cookie(isSecure: isSecure)]
        )
    }

    /// `GET /authorize/done`: once, and only in the browser in which it was decided.
    package func done(_ request: EndpointRequest) async -> HTTPResponse {
        guard request.method == .get else { return HTTPResponse(.methodNotAllowed, fields: ["Allow": "GET"]) }
        do {
            let id = FormFields(request.query ?? "")?["transaction"]
            guard let binding = BrowserBinding(id, in: request, isSecure: isSecure) else {
                let answer = id == nil ? answerUnreadable() : answerWithoutCookie()
                return refuse(answer, request, id == nil ? "no transaction" : "no cookie")
            }
            guard let page = try await donePage(for: binding) else {
                return refuse(answerExpired(), request, "the page has expired, or was shown")
            }
            return deliver(.ok, page, cookies: [binding.cookieEnd(isSecure: isSecure)])
        } catch {
            return answerFailure(error, request)
        }
    }

    /// Nil where it was shown already, or was never kept.
    private func donePage(for binding: BrowserBinding) async throws -> SignInPage? {
        guard let content = try await kept(for: binding), let way = WayBack(content) else { return nil }
        guard try await issuer.store.takeTransaction(binding.id) != nil else { return nil }
        return pages.done(way.redirect, to: way.address, isAllowed: way.isAllowed)
    }

    /// Where the browser goes from the last page.
    private struct WayBack {
        let redirect: RedirectURI
        let address: String
        let isAllowed: Bool

        init?(_ content: [UInt8]) {
            guard let json = try? JSON(parsing: content), let address = json["address"]?.string,
                let redirect = json["redirect"]?.string.flatMap({ RedirectURI($0) })
            else { return nil }
            self.redirect = redirect
            self.address = address
            isAllowed = json["is_allowed"]?.bool == true
        }
    }
}

// What was typed, and how often.
extension AuthorizationServer {
    func typed(_ form: FormFields) -> [String: Secret] {
        var values: [String: Secret] = [:]
        for field in pages.words.fields {
            if let value = form[field.name]?.trimmed, !value.isEmpty { values[field.name] = Secret(value) }
        }
        return values
    }

    /// Not a failed attempt: nothing was guessed.
    func missing(_ values: [String: Secret]) -> String? {
        let missing = pages.words.fields.filter { values[$0.name] == nil }
        guard !missing.isEmpty else { return nil }
        return "Something is missing. Type the \(pages.words.things)."
    }

    /// Whose values they are said to be, for counting: by the first of them.
    func key(of values: [String: Secret]) throws(CryptoUnavailable) -> String {
        let first = pages.words.fields.first.flatMap { values[$0.name] }?.revealed ?? ""
        return try Crypto.authentication(of: Array("person \(first)".utf8), key: keys().current.index).hexadecimal
    }

    /// One try at values; it counts from its beginning, so that many at a time are no way around.
    struct Attempt: Sendable {
        let transaction: String
        let person: String
        let address: String

        init(of transaction: String, person: String, address: String) {
            self.transaction = transaction
            self.person = person
            self.address = address
        }
    }

    /// Seconds to wait where there were too many.
    func begin(_ attempt: Attempt) -> Int? {
        let now = now
        return limits.withLock { limits in
            let waits = [
                limits.failuresOfTransaction.wait(for: attempt.transaction, at: now),
                limits.failuresOfPerson.wait(for: attempt.person, at: now),
                limits.failuresOfAddress.wait(for: attempt.address, at: now),
            ].compactMap { $0 }
            if let longest = waits.max() { return longest }
            limits.failuresOfTransaction.add(attempt.transaction, at: now)
            limits.failuresOfPerson.add(attempt.person, at: now)
            limits.failuresOfAddress.add(attempt.address, at: now)
            return nil
        }
    }

    /// It was no failure.
    func takeBack(_ attempt: Attempt) {
        limits.withLock { limits in
            limits.failuresOfTransaction.takeBack(attempt.transaction)
            limits.failuresOfPerson.takeBack(attempt.person)
            limits.failuresOfAddress.takeBack(attempt.address)
        }
    }
}
