package import HTTP
import JSON
package import Logging

/// The product's REST interface for one signed-in account: a request in, a decoded reply out.
package struct OvalEdgeAPI: Sendable {
    package let configuration: OvalEdgeConfiguration
    /// What this back end was found to have.
    package let endpoints: EndpointSelector
    /// How errors are reported to this account.
    let remedies: RemedyTexts
    private(set) var client: CachingClient<AuthenticatingClient>
    private var log: Log

    package init(
        _ configuration: OvalEdgeConfiguration,
        endpoints: EndpointSelector = EndpointSelector(),
        cache: ReadCache = ReadCache(),
        client: any HTTPClient,
        broker: TokenBroker,
        remedies: RemedyTexts,
        log: Log
    ) {
        self.configuration = configuration
        self.endpoints = endpoints
        self.remedies = remedies
        self.client = CachingClient(
            client: AuthenticatingClient(client: client, broker: broker, configuration: configuration, log: log),
            cache: cache
        )
        self.log = log
    }

    /// An answer as JSON, and where it came from.
    struct Delivery {
        let json: JSON
        let response: HTTPResponse
        let request: HTTPRequest
    }

    var redactor: Redactor { log.redactor }

    /// The same, for callers that must see the current state.
    package var fresh: OvalEdgeAPI { with(.fresh) }

    /// The same, for callers that take a cached reply; `age` says afterwards whether there was one.
    package func caching(notingAge age: CacheAge) -> OvalEdgeAPI { with(.cached(age)) }

    /// The same, for a caller whose lines in the log say `fields`, too.
    package func logging(_ fields: [Log.Field]) -> OvalEdgeAPI {
        var api = self
        api.log = log.with(fields)
        api.client.client.log = api.log
        return api
    }

    private func with(_ policy: CachePolicy) -> OvalEdgeAPI {
        var api = self
        api.client.policy = policy
        return api
    }

    /// The state after a change, or nil; why it could not be read is in the log.
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
            client.cache.forget()
            throw Self.unexpected(error, in: delivery.response, to: delivery.request.summary, redactor: redactor)
        }
    }

    private func delivery<Reply>(of request: APIRequest<Reply>) async throws(OvalEdgeError) -> Delivery {
        let http = httpRequest(request)
        let response = try await client.send(http)
        if !request.mayBeRepeated && response.saysNoSuchOperation {
            throw .noSuchOperation(http.summary, response)
        }
        let json = try Self.json(in: response, to: http.summary, alsoTaking: request.alsoTaken, redactor: redactor)
        return Delivery(json: json, response: response, request: http)
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
}
