package import JSON

/// A result that is written already, so that what never changes is encoded once.
package struct EncodedJSON: Hashable, Sendable {
    package let bytes: [UInt8]

    package init(_ json: JSON) { bytes = json.bytes }
    package init(bytes: [UInt8]) { self.bytes = bytes }

    package static let emptyObject = EncodedJSON(bytes: Array("{}".utf8))
}

/// How a request ended.
package typealias Outcome = Result<EncodedJSON, RPCError>

extension Outcome {
    var error: RPCError? {
        if case .failure(let error) = self { error } else { nil }
    }

    /// The response as one line without its end; without an id that is known, `id` is null or left out.
    package func response(to id: RequestID?, writesNullID: Bool = true) -> [UInt8] {
        var writer = JSONWriter()
        writer.raw(#"{"jsonrpc":"2.0""#)
        if let id {
            writer.raw(#","id":"#)
            writer.write(id.json)
        } else if writesNullID {
            writer.raw(#","id":null"#)
        }
        switch self {
        case .success(let result):
            writer.raw(#","result":"#)
            writer.raw(result.bytes)
        case .failure(let error):
            writer.raw(#","error":"#)
            writer.write(error.json)
        }
        writer.raw("}")
        return writer.bytes
    }
}

extension RPCError {
    package var json: JSON { .members(("code", .int(code)), ("message", .string(message)), ("data", data)) }
}
