import HTTP
import JSON
import OvalEdge
import Synchronization
import TestSupport

/// A pretend OvalEdge that signs anyone in, answers as a test says, and keeps what it was asked.
final class ScriptedOvalEdge: Sendable {
    private let asked = Mutex<[HTTPRequest]>([])
    private let respond: @Sendable (HTTPRequest) -> HTTPResponse

    init(_ respond: @escaping @Sendable (_ request: HTTPRequest) -> HTTPResponse) { self.respond = respond }

    /// In order, without those that sign in.
    var requests: [HTTPRequest] { asked.withLock { $0 } }

    var client: AnsweringHTTP {
        AnsweringHTTP { request in
            guard !request.url.hasSuffix(TokenExchange.path) else {
                return HTTPResponse(.ok, text: #"{"token":"e30.e30.c2ln"}"#, type: "application/json")
            }
            self.asked.withLock { $0.append(request) }
            return self.respond(request)
        }
    }

    static func data(_ data: JSON) -> HTTPResponse {
        HTTPResponse(.ok, text: JSON.members(("ok", true), ("data", data)).text, type: "application/json")
    }

    static func refusal(_ status: HTTPStatus, _ message: String, code: String? = nil) -> HTTPResponse {
        let reply = JSON.members(("ok", false), ("code", code.map { .string($0) }), ("message", .string(message)))
        return HTTPResponse(status, text: reply.text, type: "application/json")
    }
}

extension HTTPRequest {
    /// What was sent as JSON.
    var json: JSON { (try? JSON(parsing: body)) ?? .null }
}
