package import HTTP
package import JSON

/// A reply that knows how to be read from the product's JSON.
package protocol Model: Sendable {
    init(_ json: JSON) throws(JSONMismatch)
    /// Whether a success without content says that nothing matches, and not that a thing is not there.
    static var isList: Bool { get }
    /// Whether a reply says nothing of what was asked for.
    static func isNothing(_ json: JSON) -> Bool
}

extension Model {
    package static var isList: Bool { false }
    package static func isNothing(_ json: JSON) -> Bool { json.holdsNothing && !(isList && json.saysEmpty) }
}

/// The reply as it came, for what is passed through.
extension JSON: Model {
    package init(_ json: JSON) { self = json }
    package static func isNothing(_ json: JSON) -> Bool { false }
}

/// What to ask of OvalEdge, as a value: where, with what, whether twice is harmless, and the type of the reply.
package struct APIRequest<Reply: Model>: Sendable {
    package let method: HTTPMethod
    /// Below the base address, with a leading slash.
    package let path: String
    package let query: [(name: String, value: String)]
    package let body: JSON?
    package let mayBeRepeated: Bool
    /// A status besides success that carries a reply, where it comes with `data`.
    package private(set) var alsoTaken: HTTPStatus?
    /// What is asked, where other releases have other variants for it; the rest of the request is the newest of these.
    package private(set) var question: Question?

    /// A question; parameters whose value is nil are left out.
    package static func get(
        _ path: String,
        _ query: [(String, String?)] = [],
        alsoTaking status: HTTPStatus? = nil
    ) -> APIRequest {
        let given = query.compactMap { name, value in value.map { (name: name, value: $0) } }
        var request = APIRequest(method: .get, path: path, query: given, body: nil, mayBeRepeated: true)
        request.alsoTaken = status
        return request
    }

    /// A question that every release understands in a variant of its own.
    static func asking(_ question: Question) -> APIRequest {
        let newest = question.newestRequest
        var request = APIRequest(
            method: newest.method,
            path: newest.path,
            query: newest.query,
            body: newest.body,
            mayBeRepeated: newest.mayBeRepeated
        )
        request.question = question
        return request
    }

    /// A question whose parameters travel as a body.
    package static func query(_ path: String, _ body: JSON) -> APIRequest {
        APIRequest(method: .post, path: path, query: [], body: body, mayBeRepeated: true)
    }

    /// A change; it is not sent twice when the first may have happened.
    package static func command(_ path: String, _ body: JSON) -> APIRequest {
        APIRequest(method: .post, path: path, query: [], body: body, mayBeRepeated: false)
    }
}
