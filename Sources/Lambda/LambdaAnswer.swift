package import HTTP
import JSON
import Synchronization
import Text

/// An HTTP response, written as the caller of the function reads it.
package enum LambdaAnswer {
    /// As one JSON text; nil where that is larger than is taken.
    package static func whole(_ response: HTTPResponse, for form: LambdaEvent.Form) -> [UInt8]? {
        let text = String(validating: response.body, as: UTF8.self)
        let fields = fields(of: response)
        var members: [JSONObject.Member] = [.init("statusCode", .int(response.status.rawValue))]
        switch form {
        case .http:
            members.append(.init("headers", joined(fields.filter { !isCookie($0) })))
            let cookies = fields.filter(isCookie)
            if !cookies.isEmpty { members.append(.init("cookies", .strings(cookies.map { $0.value }))) }
        case .rest, .balancer(listsValues: true): members.append(.init("multiValueHeaders", listed(fields)))
        case .balancer(listsValues: false): members.append(.init("headers", joined(fields)))
        }
        members.append(.init("body", .string(text ?? Base64.encoded(response.body))))
        members.append(.init("isBase64Encoded", .bool(text == nil)))
        let bytes = JSON.object(JSONObject(members)).bytes
        return bytes.count > limit(for: form) ? nil : bytes
    }

    /// So many bytes of JSON are taken.
    package static func limit(for form: LambdaEvent.Form) -> Int {
        if case .balancer = form { return 1 << 20 }
        return 6_291_556
    }

    /// What comes before a streamed body: its status and its fields as JSON, then eight zero bytes.
    package static func prelude(_ response: HTTPResponse) -> [UInt8] {
        let fields = fields(of: response)
        let cookies = fields.filter(isCookie).map { $0.value }
        let prelude = JSON.members(
            ("statusCode", .int(response.status.rawValue)),
            ("headers", joined(fields.filter { !isCookie($0) })),
            ("cookies", cookies.isEmpty ? nil : .strings(cookies))
        )
        return prelude.bytes + [UInt8](repeating: 0, count: 8)
    }

    /// Those of a connection belong to no answer that leaves by another way.
    private static func fields(of response: HTTPResponse) -> [HTTPFields.Field] {
        response.fields.all.filter { field in
            !["Connection", "Content-Length", "Date", "Transfer-Encoding"].contains { field.isNamed($0) }
        }
    }

    private static func isCookie(_ field: HTTPFields.Field) -> Bool { field.isNamed("Set-Cookie") }

    /// One value for each name (RFC 9110 §5.3).
    private static func joined(_ fields: [HTTPFields.Field]) -> JSON {
        .object(JSONObject(grouped(fields).map { .init($0, .string($1.joined(separator: ", "))) }))
    }

    private static func listed(_ fields: [HTTPFields.Field]) -> JSON {
        .object(JSONObject(grouped(fields).map { .init($0, .strings($1)) }))
    }

    private static func grouped(_ fields: [HTTPFields.Field]) -> [(String, [String])] {
        var groups: [(String, [String])] = []
        for field in fields {
            if let place = groups.firstIndex(where: { field.isNamed($0.0) }) {
                groups[place].1.append(field.value)
            } else {
                groups.append((field.name, [field.value]))
            }
        }
        return groups
    }
}

/// A prelude, and behind it a body.
final class LambdaStream: HTTPBodySource {
    private let prelude: Mutex<ArraySlice<UInt8>>
    private let body: (any HTTPBodySource)?

    init(_ response: HTTPResponse, _ body: (any HTTPBodySource)?) {
        let prelude = LambdaAnswer.prelude(response) + (body == nil ? response.body : [])
        self.prelude = Mutex(prelude[...])
        self.body = body
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, ready: @escaping @Sendable () -> Void) -> Int? {
        let count = prelude.withLock { prelude in
            let part = prelude.prefix(buffer.count)
            prelude = prelude.dropFirst(part.count)
            buffer.copyBytes(from: part)
            return part.count
        }
        return count > 0 ? count : body?.read(into: buffer, ready: ready)
    }
}
