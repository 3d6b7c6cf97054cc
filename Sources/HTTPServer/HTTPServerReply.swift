package import HTTP

/// What to send back for one request.
package enum HTTPServerReply: Sendable {
    case response(HTTPResponse)
    /// The head promises the whole body, but the connection breaks after `after` bytes of it: a fault for tests.
    case cutOff(HTTPResponse, after: Int)

    var response: HTTPResponse {
        switch self {
        case .response(let response), .cutOff(let response, _): response
        }
    }
}
