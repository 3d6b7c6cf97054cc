package import HTTP
import JSON
package import Logging

/// The product's REST interface for one signed-in account: a request in, a decoded reply out.
///
/// One per process on stdio, one per signed-in user over HTTP.
package struct OvalEdgeAPI: Sendable {
    package let configuration: OvalEdgeConfiguration
    private let client: any HTTPClient
    private let broker: TokenBroker
    private let log: Log

    package init(
        _ configuration: OvalEdgeConfiguration,
        client: any HTTPClient,
        broker: TokenBroker,
        log: Log
    ) {
        self.configuration = configuration
        self.client = client
        self.broker = broker
        self.log = log
    }

    /// Throws ``OvalEdgeError/cancelled`` when the task is cancelled.
    package func send<Reply: Model>(_ request: APIRequest<Reply>) async throws(OvalEdgeError) -> Reply {
        try await sendForRecord(request).reply
    }

    /// As ``send(_:)``, with the number under which the other side's logs hold the exchange.
    package func sendForRecord<Reply: Model>(
        _ request: APIRequest<Reply>
    ) async throws(OvalEdgeError) -> (reply: Reply, requestID: String?) {
        let http = httpRequest(request)
        let response = try await accepted(http)
        let json = try Self.json(
            in: response,
            to: http.summary,
            alsoTaking: request.alsoTaken,
            redactor: log.redactor
        )
        do {
            return (try Reply(json), response.requestID)
        } catch {
            throw Self.unexpected(error, in: response, to: http.summary, redactor: log.redactor)
        }
    }

    /// Sends with a token; when the token is refused, once more with another.
    ///
    /// A second token that another process had fetched may have been as old as the first, so that one more try is due
    /// with a token that is certainly new.
    private func accepted(_ request: HTTPRequest) async throws(OvalEdgeError) -> HTTPResponse {
        var attempt = 1
        while true {
            let token = try await broker.token()
            let response = try await answer(to: request, with: token)
            guard response.refusesToken else { return response }
            broker.rejected(token)
            guard attempt == 1 || attempt == 2 && token.isAdopted else { throw refusedTwice(response) }
            attempt += 1
        }
    }

    private func answer(
        to request: HTTPRequest,
        with token: SessionToken
    ) async throws(OvalEdgeError) -> HTTPResponse {
        guard !Task.isCancelled else { throw .cancelled }
        var request = request
        request.fields["Authorization"] = "\(configuration.authScheme) \(token.secret.revealed)"
        do {
            let response = try await client.send(request).fieldsStruck(by: log.redactor.finder)
            if configuration.logsRequests {
                log.info("request", ("call", request.summary), ("status", response.status.description))
            }
            return response
        } catch {
            if configuration.logsRequests && error != .cancelled {
                log.info("request", ("call", request.summary), ("failure", error.description))
            }
            throw OvalEdgeError(error, redactor: log.redactor)
        }
    }

    private func httpRequest<Reply>(_ request: APIRequest<Reply>) -> HTTPRequest {
        let query = request.query.isEmpty ? "" : "?" + URLText.query(request.query)
        return HTTPRequest(
            request.method,
            configuration.baseURL + request.path + query,
            fields: [
                "Content-Type": "application/json",
                "Accept": "application/json",
                "time-zone": configuration.timeZone,
            ],
            body: request.body?.bytes ?? [],
            mayBeRepeated: request.mayBeRepeated
        )
    }

    private func refusedTwice(_ response: HTTPResponse) -> OvalEdgeError {
        let words = response.isPage ? nil : Quotation.words(in: response.body, redactor: log.redactor).first
        return OvalEdgeError(
            .notSignedIn,
            "OvalEdge refused even a new session token\(Quotation.clause(words, redactor: log.redactor)).",
            advice: """
                Check OVALEDGE_HTTP_AUTH_SCHEME (now \(configuration.authScheme)) and the account; if another program \
                signs in with the same user token, give this one a user token of its own.
                """,
            status: response.status.rawValue,
            requestID: response.requestID
        )
    }
}
