import HTTP
import Logging

/// Signs each request in with the session token, and once more with another when OvalEdge refuses the first.
struct AuthenticatingClient: OvalEdgeClient {
    let client: any HTTPClient
    let broker: TokenBroker
    let configuration: OvalEdgeConfiguration
    var log: Log

    /// Up to three attempts.
    ///
    /// A second token that another process had fetched may have been as old as the first, so that one more attempt is due
    /// with a token that is certainly new. A 400 that comes back word for word with a new token is no refusal of it, but
    /// the answer.
    func send(_ request: HTTPRequest) async throws(OvalEdgeError) -> HTTPResponse {
        var attempt = 1
        var refusal: HTTPResponse?
        while true {
            let token = try await token()
            let response = try await send(request, with: token)
            guard response.refusesToken else { return response }
            if !token.isAdopted, let refusal, refusal.status == .badRequest, refusal.status == response.status,
                refusal.body == response.body
            {
                await broker.wasNotRefused()
                return response
            }
            refusal = response
            broker.rejected(token)
            guard attempt == 1 || attempt == 2 && token.isAdopted else { throw refusedTwice(response) }
            attempt += 1
        }
    }

    /// Without one nothing is sent.
    private func token() async throws(OvalEdgeError) -> SessionToken {
        do { return try await broker.token() } catch { throw error.notSent }
    }

    private func send(_ request: HTTPRequest, with token: SessionToken) async throws(OvalEdgeError) -> HTTPResponse {
        guard !Task.isCancelled else { throw .cancelled.notSent }
        var request = request
        request.fields["Authorization"] = "\(configuration.authScheme) \(token.secret.revealed)"
        let start = configuration.logsRequests ? ContinuousClock.now : nil
        do {
            let response = try await client.send(request).fieldsRedacted(by: log.redactor.finder)
            report(request, ("status", response.status.description), since: start)
            return response
        } catch {
            if error != .cancelled { report(request, ("failure", error.description), since: start) }
            throw OvalEdgeError(error, redactor: log.redactor)
        }
    }

    /// One line for the operator who asked for a line of each request.
    private func report(_ request: HTTPRequest, _ outcome: Log.Field, since start: ContinuousClock.Instant?) {
        guard let start else { return }
        let milliseconds = Int((ContinuousClock.now - start) / .milliseconds(1))
        log.info("request", ("call", request.summary), outcome, ("ms", String(milliseconds)))
    }

    private func refusedTwice(_ response: HTTPResponse) -> OvalEdgeError {
        let words = response.isPage ? nil : Quotation.words(in: response.body, redactor: log.redactor).first
        return OvalEdgeError(
            .notSignedIn,
            "OvalEdge refused even a new session token\(Quotation.clause(words, redactor: log.redactor)).",
            remedy: .checkScheme(now: configuration.authScheme),
            status: response.status.rawValue,
            requestID: response.requestID
        )
    }
}
