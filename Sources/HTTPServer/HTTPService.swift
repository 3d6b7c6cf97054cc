package import HTTP

/// What a server does with its requests.
///
/// It is called on the library's one thread, so it must not wait.
package protocol HTTPService: Sendable {
    /// A head has been read, and nothing of the body.
    ///
    /// Exactly one of `reply`, `stream` and `readBody` has to follow, now or later, from any thread. What is decided
    /// before this returns costs nothing more; otherwise the connection rests until then.
    func receive(_ exchange: HTTPExchange)

    /// How to say what the server itself refuses.
    func refusal(_ problem: HTTPProblem, of head: HTTPRequestHead?) -> HTTPResponse

    /// All of the answer is out, or the connection is gone.
    func ended(_ exchange: HTTPExchange, _ record: HTTPRecord)
}

extension HTTPService {
    package func refusal(_ problem: HTTPProblem, of head: HTTPRequestHead?) -> HTTPResponse {
        HTTPResponse(problem.status, text: "\(problem.sentences)\n")
    }

    package func ended(_ exchange: HTTPExchange, _ record: HTTPRecord) {}
}

/// Why a server refuses a request itself; the connection ends after each.
package enum HTTPProblem: Hashable, Sendable {
    /// Two programs could read the head in two ways; a sentence says what is wrong.
    case malformed(String)
    case bodyTooLarge(limit: Int)
    case bodyTooSlow
    /// The bodies of all requests together are too large.
    case tooManyBodies
    case stopping
    /// Who carries it does not wait any longer.
    case overdue
    /// Who carries the answer takes no more than so many bytes.
    case answerTooLarge(limit: Int)
}

extension HTTPProblem {
    package var status: HTTPStatus {
        switch self {
        case .malformed: .badRequest
        case .bodyTooLarge: .contentTooLarge
        case .bodyTooSlow: .requestTimeout
        case .tooManyBodies, .stopping: .serviceUnavailable
        case .overdue: .gatewayTimeout
        case .answerTooLarge: .internalServerError
        }
    }

    /// What happened, and what to do.
    package var sentences: String {
        switch self {
        case .malformed(let sentence): "\(sentence) Send the request as RFC 9112 says."
        case .bodyTooLarge(let limit): "The body is larger than \(ByteSize.text(limit)). Send less at once."
        case .bodyTooSlow: "The body did not arrive in time. Send it at once."
        case .tooManyBodies: "Too many large requests are under way. Try again in a moment."
        case .stopping: "The server is stopping. Try again in a moment."
        case .overdue: "The answer was not there in time. Ask for less, or try again later."
        case .answerTooLarge(let limit): "The answer is larger than \(ByteSize.text(limit)). Ask for less at once."
        }
    }
}

/// How one request ended, for a log.
package struct HTTPRecord: Hashable, Sendable {
    /// The status that was sent; 499 where the client was gone before there was one.
    package let status: HTTPStatus
    /// Bytes of the request's body.
    package let bytesReceived: Int
    /// Bytes of the answer's body that the library took for sending.
    package let bytesSent: Int
    /// From the end of the head to the end of the answer.
    package let duration: Duration
    /// The connection was gone before all of the answer was out.
    package let wasCutOff: Bool
}
