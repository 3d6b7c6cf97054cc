package import HTTP
import JSON
package import Logging

/// The product's REST interface for one signed-in account: a request in, a decoded reply out.
///
/// One per process on stdio, one per signed-in user over HTTP.
package struct OvalEdgeAPI: Sendable {
    package let configuration: OvalEdgeConfiguration
    /// What this back end was found to have.
    package let endpoints: EndpointSelector
    private let cache: ReadCache
    private var policy = CachePolicy.shared
    private let client: any HTTPClient
    private let broker: TokenBroker
    private let log: Log

    package init(
        _ configuration: OvalEdgeConfiguration,
        endpoints: EndpointSelector = EndpointSelector(),
        cache: ReadCache = ReadCache(),
        client: any HTTPClient,
        broker: TokenBroker,
        log: Log
    ) {
        self.configuration = configuration
        self.endpoints = endpoints
        self.cache = cache
        self.client = client
        self.broker = broker
        self.log = log
    }

    /// An answer as JSON, and where it came from.
    struct Delivery {
        let json: JSON
        let response: HTTPResponse
        let request: HTTPRequest
    }

    var redactor: Redactor { log.redactor }

    /// The same, for whoever must see what is there now.
    package var fresh: OvalEdgeAPI { with(.fresh) }

    /// The same, for whoever takes a reply that was kept for a short while; `age` says afterwards whether there was one.
    package func caching(notingAge age: CacheAge) -> OvalEdgeAPI { with(.cached(age)) }

    private func with(_ policy: CachePolicy) -> OvalEdgeAPI {
        var api = self
        api.policy = policy
        return api
    }

    /// What is there after a change, or nil; why it could not be read is in the log.
    package func readBack<Value>(_ read: (OvalEdgeAPI) async throws -> Value) async -> Value? {
        do {
            return try await read(self)
        } catch {
            let error = error as? OvalEdgeError
            log.warning(
                "read_back_failed",
                ("kind", error?.kind.rawValue ?? "unknown"),
                ("status", error?.status.map { String($0) } ?? ""),
                ("request", error?.requestID ?? "")
            )
            return nil
        }
    }

    /// Throws ``OvalEdgeError/cancelled`` when the task is cancelled.
    package func send<Reply: Model>(_ request: APIRequest<Reply>) async throws(OvalEdgeError) -> Reply {
        try await sendForRecord(request).reply
    }

    /// As ``send(_:)``, with the number under which the other side's logs hold the exchange.
    package func sendForRecord<Reply: Model>(
        _ request: APIRequest<Reply>
    ) async throws(OvalEdgeError) -> (reply: Reply, requestID: String?) {
        let delivery: Delivery
        if let question = request.question {
            delivery = try await answer(to: question)
        } else {
            delivery = try await self.delivery(of: request)
        }
        do {
            let reply = try Reply(delivery.json)
            try request.question?.check(delivery.json)
            return (reply, delivery.response.requestID)
        } catch {
            // The next caller asks OvalEdge itself.
            cache.forget()
            throw Self.unexpected(error, in: delivery.response, to: delivery.request.summary, redactor: redactor)
        }
    }

    private func delivery<Reply>(of request: APIRequest<Reply>) async throws(OvalEdgeError) -> Delivery {
        let http = httpRequest(request)
        let response = try await accepted(http)
        if !request.mayBeRepeated && response.saysNoSuchOperation {
            throw .noSuchOperation(http.summary, response)
        }
        let json = try Self.json(in: response, to: http.summary, alsoTaking: request.alsoTaken, redactor: redactor)
        return Delivery(json: json, response: response, request: http)
    }

    /// What the other side says, or has just said; a change makes everything outdated that was read before its end.
    func accepted(_ request: HTTPRequest) async throws(OvalEdgeError) -> HTTPResponse {
        if request.mayBeRepeated {
            return try await cache.response(to: request, for: policy) { () throws(OvalEdgeError) in
                try await newReply(to: request)
            }
        }
        cache.forget()
        defer { cache.forget() }
        return try await newReply(to: request)
    }

    /// Sends with a token; when the token is refused, once more with another.
    ///
    /// A second token that another process had fetched may have been as old as the first, so that one more try is due
    /// with a token that is certainly new. A 400 that comes back word for word with a new token is no refusal of it, but
    /// the answer.
    private func newReply(to request: HTTPRequest) async throws(OvalEdgeError) -> HTTPResponse {
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

    private func send(
        _ request: HTTPRequest,
        with token: SessionToken
    ) async throws(OvalEdgeError) -> HTTPResponse {
        guard !Task.isCancelled else { throw .cancelled.notSent }
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

    func httpRequest<Reply>(_ request: APIRequest<Reply>) -> HTTPRequest {
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
