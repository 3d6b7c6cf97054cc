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
    package static let batchIsFull = RPCError(
        code: -32603,
        "The answers to this batch are too large together; ask for less at once."
    )
    /// A fault of ours; the message says no more than that.
    package static let internalError = RPCError(code: -32603, "The request failed inside the server.")
}
