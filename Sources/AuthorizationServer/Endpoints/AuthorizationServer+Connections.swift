import Clock
import Crypto
package import HTTP
import JSON
import Logging
import Synchronization
import Text

// What a person has granted.
extension AuthorizationServer {
    /// `GET` and `POST /connections`: who types the values again sees what was granted with them, and takes it back.
    package func connections(_ request: EndpointRequest) async -> HTTPResponse {
        if let seconds = limits.withLock({ $0.visits.take(request.address, at: now) }) { return answerTooMany(seconds) }
        do {
            guard request.method == .post else {
                let binding = try BrowserBinding()
                let page = pages.connections(signingIn: try ticket(binding))
                return deliver(.ok, page, cookies: [binding.cookie(isSecure: isSecure)])
            }
            return try await changeConnections(request)
        } catch {
            return answerFailure(error, request)
        }
    }

    private func changeConnections(_ request: EndpointRequest) async throws -> HTTPResponse {
        guard isFromOurPage(request) else { return answerForeignForm() }
        guard let form = FormFields(body: request.body, request.fields), form.repeated.isEmpty else {
            return answerUnreadable()
        }
        guard let binding = BrowserBinding(form["transaction"], in: request, isSecure: isSecure) else {
            return form["transaction"] == nil ? answerUnreadable() : answerWithoutCookie()
        }
        guard try binding.isGood(form["csrf"], keys()) else { return answerForeignForm() }
        let values = typed(form)
        if values.isEmpty, form["revoke"] != nil {
            guard let owners = try await kept(for: binding).flatMap({ Self.owners($0) }) else { return answerExpired() }
            return try await connections(of: owners, form["revoke"], binding, request)
        }
        if let complaint = missing(values) ?? check.complaint(about: values) {
            return deliver(.ok, pages.connections(signingIn: try ticket(binding), complaint: complaint))
        }
        let attempt = Attempt(of: binding.id, person: try key(of: values), address: request.address)
        if let seconds = begin(attempt) { return answerTooMany(seconds) }
        let owners = try keys().owners(of: check.identity(of: values))
        // Who finds something has not guessed.
        if try await !issuer.store.grants(of: owners).isEmpty { takeBack(attempt) }
        try await keep(JSON.strings(owners.map { Base64.encoded($0, .urlSafe) }).bytes, for: binding, request)
        return try await connections(of: owners, form["revoke"], binding, request)
    }

    private static func owners(_ kept: [UInt8]) -> [[UInt8]]? {
        (try? JSON(parsing: kept))?.array?.compactMap { $0.string.flatMap { Base64.decoded($0) } }
    }

    private func connections(
        of owners: [[UInt8]],
        _ revoked: String?,
        _ binding: BrowserBinding,
        _ request: EndpointRequest
    ) async throws -> HTTPResponse {
        var note: String?
        if let revoked {
            let all = try await issuer.store.grants(of: owners)
            let chosen = all.filter { revoked == "all" || $0.id == revoked }
            for grant in chosen {
                try await issuer.store.revokeGrant(grant.id, for: .person)
                self.note("grant revoked", request, ("grant", grant.id), ("by", "person"))
            }
            note = chosen.isEmpty ? "There was nothing to end." : "Ended. The program has to ask you again."
        }
        let rest = try await issuer.store.grants(of: owners).map { Self.connection($0) }
        return deliver(.ok, pages.connections(rest, try ticket(binding), note: note))
    }

    private static func connection(_ grant: GrantRecord) -> SignInPages.Connection {
        SignInPages.Connection(
            id: grant.id,
            client: grant.client.name.isEmpty ? grant.client.origin : grant.client.name,
            destination: grant.client.origin,
            scopes: grant.scopes,
            since: String(Timestamp.text(grant.created).prefix(10)),
            until: String(Timestamp.text(min(grant.end, grant.idleEnd)).prefix(10))
        )
    }
}
