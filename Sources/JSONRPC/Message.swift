package import JSON

/// A call that requires an answer.
package struct Request: Hashable, Sendable {
    package let id: RequestID
    package let method: String
    /// As it came; MCP requires an object, which the method's handler checks.
    package let params: JSON?

    package init(id: RequestID, method: String, params: JSON?) {
        self.id = id
        self.method = method
        self.params = params
    }

    var encoded: [UInt8] {
        JSON.members(("jsonrpc", "2.0"), ("id", id.json), ("method", .string(method)), ("params", params)).bytes
    }
}

/// A message that requires no answer.
package struct Notification: Hashable, Sendable {
    package let method: String
    package let params: JSON?

    package init(_ method: String, params: JSON? = nil) {
        self.method = method
        self.params = params
    }

    package var encoded: [UInt8] {
        JSON.members(("jsonrpc", "2.0"), ("method", .string(method)), ("params", params)).bytes
    }
}

/// The other side's answer to a request of ours.
package struct Response: Hashable, Sendable {
    package let id: RequestID?
    package let content: JSON

    /// What it says; what is not an error becomes an internal one, and an error next to a result is neither.
    var outcome: Result<JSON, AskFailure> {
        guard let error = content["error"], content["result"] == nil || !error.isNull else {
            return .success(content["result"] ?? .null)
        }
        guard content["result"] == nil else {
            return .failure(.unfit(problem: "The client answered with a result and an error at once."))
        }
        let message = error["message"]?.string ?? ""
        return .failure(.refused(RPCError(code: error["code"]?.int ?? -32603, message, data: error["data"])))
    }
}

/// One JSON-RPC 2.0 message, distinguished by its members.
package enum Message: Hashable, Sendable {
    case request(Request)
    case notification(Notification)
    case response(Response)

    /// Why a JSON value is no message, with the id to answer under if there was a usable one.
    package struct Malformed: Error, Hashable {
        package let error: RPCError
        package let id: RequestID?

        package init(_ error: RPCError, id: RequestID?) {
            self.error = error
            self.id = id
        }
    }

    package init(_ json: JSON) throws(Malformed) {
        guard case .object(let members) = json else {
            throw Malformed("A message is one JSON object; this is \(json.kind).", id: nil)
        }
        let id = members["id"].flatMap { RequestID($0) }
        guard members["jsonrpc"] == "2.0" else { throw Malformed("`jsonrpc` must be \"2.0\".", id: id) }
        switch members["method"] {
        case .string(let method)?:
            self = try Self.call(method, members, id)
        case nil where members["result"] != nil || members["error"] != nil:
            self = .response(Response(id: id, content: json))
        default:
            throw Malformed("`method` must be a text.", id: id)
        }
    }

    private static func call(_ method: String, _ members: JSONObject, _ id: RequestID?) throws(Malformed) -> Message {
        let params = members["params"]
        if let id { return .request(Request(id: id, method: method, params: params)) }
        guard members["id"] == nil else { throw Malformed("`id` must be a text or a whole number.", id: nil) }
        return .notification(Notification(method, params: params))
    }
}

extension Message.Malformed {
    package init(_ message: String, id: RequestID?) { self.init(.invalidRequest(message), id: id) }
}
