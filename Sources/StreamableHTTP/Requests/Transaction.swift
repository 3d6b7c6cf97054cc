import HTTP
import HTTPServer
import JSON
import JSONRPC
import Logging
import MCP
import Synchronization

/// One request on its way: how it is answered, and what its line in the access log says.
final class Transaction: Sendable {
    /// What becomes known of a request while it is worked on.
    struct Facts: Sendable {
        var method: String?
        var tool: String?
        var revision: String?
        var principal: Principal?
        /// Why it was refused.
        var reason: String?
    }

    let exchange: HTTPExchange
    let rules: RequestRules
    let id: String
    let acceptance: Acceptance
    /// Nil for what comes from no page.
    private let origin: String?
    private let crossOrigin: CrossOrigin
    private let closes: Bool
    private let known = Mutex(Facts())
    private let whenOver = Mutex<(@Sendable () -> Void)?>(nil)

    init(
        _ exchange: HTTPExchange,
        _ rules: RequestRules,
        id: String,
        origin: String?,
        crossOrigin: CrossOrigin,
        closes: Bool
    ) {
        self.exchange = exchange
        self.rules = rules
        self.id = id
        self.origin = origin
        self.crossOrigin = crossOrigin
        self.closes = closes
        acceptance = Acceptance(exchange.head.fields)
    }

    /// Calls back once its answer is out, or its connection is gone.
    func callWhenOver(_ callback: @escaping @Sendable () -> Void) { whenOver.withLock { $0 = callback } }

    func over() { whenOver.withLock { $0 }?() }

    var head: HTTPRequestHead { exchange.head }
    var facts: Facts { known.withLock { $0 } }

    func note(_ change: (inout Facts) -> Void) { known.withLock { change(&$0) } }

    /// The fields that every answer has.
    func fields(_ own: HTTPFields = [:]) -> HTTPFields {
        var fields = own
        fields.append("X-Content-Type-Options", "nosniff")
        fields.append("X-Request-Id", id)
        if rules.configuration.allowsCrossOrigin {
            fields.append("Vary", "Origin")
            if let origin { crossOrigin.mark(&fields, for: origin) }
        }
        if closes { fields["Connection"] = "close" }
        return fields
    }

    func reply(_ status: HTTPStatus, _ body: [UInt8], _ own: HTTPFields = [:]) {
        var fields = fields(own)
        fields.append("Content-Type", "application/json")
        fields.append("Cache-Control", "no-store")
        exchange.reply(HTTPResponse(status, fields: fields, body: body))
    }

    func reply(_ status: HTTPStatus, _ json: JSON, _ own: HTTPFields = [:]) { reply(status, json.bytes, own) }

    func replyWithoutBody(_ status: HTTPStatus, _ own: HTTPFields = [:]) {
        exchange.reply(HTTPResponse(status, fields: fields(own)))
    }

    func refuse(_ refusal: HTTPRefusal) {
        note { $0.reason = refusal.code }
        reply(refusal.status, refusal.body(requestID: id), refusal.fields)
    }

    /// Where the request's id is known, what a client of MCP reads is an error of the protocol.
    func refuse(_ refusal: HTTPRefusal, _ request: RequestID) {
        note { $0.reason = refusal.code }
        let error = RPCError(
            code: -32603,
            refusal.text,
            data: ["error": .string(refusal.code), "request_id": .string(id)]
        )
        reply(refusal.status, Outcome.failure(error).response(to: request), refusal.fields)
    }

    func refuse(_ status: HTTPStatus, _ error: RPCError, _ request: RequestID?) {
        note { $0.reason = "error \(error.code)" }
        reply(status, Outcome.failure(error).response(to: request))
    }

    func preflight() {
        var own = HTTPFields()
        if rules.configuration.allowsCrossOrigin, origin != nil {
            crossOrigin.markPreflight(&own, asked: head.fields["Access-Control-Request-Headers"])
        } else {
            own.append("Allow", CrossOrigin.methods)
        }
        replyWithoutBody(204, own)
    }
}
