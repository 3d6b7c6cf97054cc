/// An invocation that cannot be answered: what happened, and what to do.
package enum LambdaError: Error, Hashable, Sendable {
    case notJSON
    case noRequest
    case bodyNotBase64
}

extension LambdaError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notJSON: "The event is not JSON. Invoke the function through a gateway."
        case .noRequest:
            """
            The event is no HTTP request. Invoke the function through an API of API Gateway, a function URL or a load \
            balancer.
            """
        case .bodyNotBase64: "The event's body is not Base64, as the event says. Look at what made the event."
        }
    }

    /// For programs: what Lambda shows as the type of the error.
    package var type: String {
        switch self {
        case .notJSON, .noRequest: "Function.UnknownEvent"
        case .bodyNotBase64: "Function.MalformedBody"
        }
    }
}
