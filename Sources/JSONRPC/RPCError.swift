package import JSON

/// An error of the protocol itself: a code, one concise sentence, and data where the code defines some.
package struct RPCError: Error, Hashable, Sendable {
    package let code: Int
    package let message: String
    package let data: JSON?

    package init(code: Int, _ message: String, data: JSON? = nil) {
        self.code = code
        self.message = message
        self.data = data
    }

    /// The bytes are not JSON.
    package static func parseError(_ message: String) -> RPCError { RPCError(code: -32700, message) }
    /// JSON, but not one JSON-RPC 2.0 message.
    package static func invalidRequest(_ message: String) -> RPCError { RPCError(code: -32600, message) }
    package static func methodNotFound(_ method: String) -> RPCError {
        RPCError(code: -32601, "The method `\(method.prefix(80))` is not known here.")
    }
    package static func invalidParams(_ message: String, data: JSON? = nil) -> RPCError {
        RPCError(code: -32602, message, data: data)
    }
    static func batchTooLong(_ count: Int) -> RPCError {
        .invalidRequest(
            "A batch may have \(Batch.mostMessages) messages, this one has \(count). Send it in several batches."
        )
    }
    package static let batchIsFull = RPCError(
        code: -32603,
        "The answers to the batches under way are too large together. Ask for less at once."
    )
    package static let waitedTooLong = RPCError(
        code: -32603,
        "The request timed out before it was started. Send fewer requests at once, or try again later."
    )
    /// A fault of ours; the message says no more than that.
    package static let internalError = RPCError(code: -32603, "The request failed inside the server.")
}
