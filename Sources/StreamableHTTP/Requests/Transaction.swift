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
        /// As it came; so is the tool.
        var method: String?
        var tool: String?
        var revision: Revision?
        var client: String?
        /// The name of its session in the log.
        var session: String?
        var principal: Principal?
        /// Why it was refused.
        var reason: String?
        /// What it was answered before it was worked on.
        var refusal: HTTPRefusal?
    }

    private enum Ending {
        case ahead((@Sendable () -> Void)?)
        case past
    }

    let exchange: HTTPExchange
    let rules: RequestRules
    let acceptance: Acceptance
    private let frame: AnswerFrame
    private let known = Mutex(Facts())
    private let ending = Mutex(Ending.ahead(nil))

    init(_ exchange: HTTPExchange, _ rules: RequestRules, _ frame: AnswerFrame) {
        self.exchange = exchange
        self.rules = rules
        self.frame = frame
        acceptance = Acceptance(exchange.head.fields)
    }

    /// Calls back once its answer is out, or its connection is gone; at once where that has been.
    func callWhenOver(_ callback: @escaping @Sendable () -> Void) {
        let isPast = ending.withLock { ending in
            if case .past = ending { return true }
            ending = .ahead(callback)
            return false
        }
        if isPast { callback() }
    }

    func over() {
        let ending = ending.withLock { ending in
            defer { ending = .past }
            return ending
        }
        if case .ahead(let callback?) = ending { callback() }
    }

    var id: String { frame.id }
    /// The server stops, and takes nothing new.
    var isLast: Bool { frame.refuses }
    var head: HTTPRequestHead { exchange.head }
    var facts: Facts { known.withLock { $0 } }
    var refusal: HTTPRefusal? { known.withLock { $0.refusal } }

    func note(_ change: (inout Facts) -> Void) { known.withLock { change(&$0) } }

    func fields(_ own: HTTPFields = [:]) -> HTTPFields { frame.fields(own) }

    func reply(_ status: HTTPStatus, _ body: [UInt8], _ own: HTTPFields = [:]) {
        exchange.reply(frame.response(status, body, own))
    }

    func reply(_ status: HTTPStatus, _ json: JSON, _ own: HTTPFields = [:]) { reply(status, json.bytes, own) }

    /// With what every answer has in its head.
    func reply(_ response: HTTPResponse) {
        var response = response
        response.fields = fields(response.fields)
        exchange.reply(response)
    }

    func replyWithoutBody(_ status: HTTPStatus, _ own: HTTPFields = [:]) {
        exchange.reply(HTTPResponse(status, fields: fields(own)))
    }

    func refuse(_ refusal: HTTPRefusal) {
        note(refusal)
        reply(refusal.status, refusal.body(requestID: id), refusal.fields)
    }

    /// Where the request's id is known, what a client of MCP reads is an error of the protocol.
    func refuse(_ refusal: HTTPRefusal, _ request: RequestID?) {
        guard let request else { return refuse(refusal) }
        note(refusal)
        reply(refusal.status, message(of: refusal, request), refusal.fields)
    }

    /// As an answer to a request whose stream has begun already.
    func message(of refusal: HTTPRefusal, _ request: RequestID) -> [UInt8] {
        let error = RPCError(
            code: -32000,
            refusal.text,
            data: ["error": .string(refusal.code), "request_id": .string(id)]
        )
        return Outcome.failure(error).response(to: request)
    }

    private func note(_ refusal: HTTPRefusal) {
        note { facts in
            facts.reason = refusal.code
            facts.refusal = refusal
        }
    }

    func refuse(_ status: HTTPStatus, _ error: RPCError, _ request: RequestID?) {
        note { $0.reason = "error \(error.code)" }
        reply(status, Outcome.failure(error).response(to: request, writesNullID: !leavesOutUnknownID))
    }

    /// As far as the head says, from 2025-11-25 on an error without a known id has none.
    private var leavesOutUnknownID: Bool {
        let version = HeaderRules(fields: head.fields).version
        return version.flatMap { Revision(rawValue: $0) }.map { $0 >= .november2025 } ?? false
    }

    func preflight() {
        replyWithoutBody(204, frame.preflightFields(asked: head.fields["Access-Control-Request-Headers"]))
    }
}
