package import Bridge
package import HTTP
import JSON
import Text

/// A request to the REST interface, read as far as all routes need it.
package struct RESTRequest: Sendable {
    package let method: HTTPMethod
    /// Below the base path, decoded.
    package let steps: [String]
    package let query: [String: String]
    package let fields: HTTPFields
    package let body: [UInt8]
    package let id: String
    package let caller: BridgeCaller
    /// Whether it came over TLS.
    package let isSecure: Bool

    package init(
        _ method: HTTPMethod,
        _ steps: [String],
        query: [String: String] = [:],
        fields: HTTPFields = [:],
        body: [UInt8] = [],
        id: String = "",
        caller: BridgeCaller,
        isSecure: Bool = false
    ) {
        self.method = method
        self.steps = steps
        self.query = query
        self.fields = fields
        self.body = body
        self.id = id
        self.caller = caller
        self.isSecure = isSecure
    }

    /// The steps of a path, or nil where one is not percent-encoded rightly.
    package static func steps(of path: String) -> [String]? {
        var steps: [String] = []
        for step in path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst() {
            guard let decoded = PercentEncoding.decoded(Substring(step)) else { return nil }
            steps.append(decoded)
        }
        if steps.last == "" { steps.removeLast() }
        return steps
    }

    package static func query(of text: String?) -> [String: String] {
        guard let text, !text.isEmpty else { return [:] }
        return Dictionary(URLText.queryItems(text).map { ($0.name, $0.value) }) { first, _ in first }
    }

    package func cookie(_ name: String) -> String? { Self.cookie(name, in: fields) }

    package static func cookie(_ name: String, in fields: HTTPFields) -> String? { Cookies(fields)[name] }

    func isSet(_ flag: String) -> Bool { ["1", "true"].contains(query[flag] ?? "") }

    /// The body as an object, which may be left out.
    func object() throws(RESTError) -> JSONObject {
        guard !body.isEmpty else { return JSONObject() }
        if let coding = fields["Content-Encoding"], coding.lowercased() != "identity" { throw .notJSON }
        guard fields.mediaType == "application/json" else { throw .notJSON }
        let json: JSON
        do throws(JSONSyntaxError) {
            // Some clients write a byte order mark, which says nothing here (RFC 8259 §8.1).
            let text = body.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(body.dropFirst(3)) : body
            json = try JSON(parsing: text, within: JSON.Limits(depth: 128))
        } catch {
            throw .invalidRequest("The body is not JSON: \(error). Send the arguments as one JSON object.")
        }
        guard let object = json.object, !json.repeatsNames else {
            throw .invalidRequest("The body is no JSON object with each name once. Send the arguments as one object.")
        }
        return object
    }
}
