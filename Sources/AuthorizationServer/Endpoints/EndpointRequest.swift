package import HTTP
import JSON
import Text

/// What an endpoint is asked, whatever carries it.
package struct EndpointRequest: Sendable {
    package let method: HTTPMethod
    /// Still percent-encoded.
    package let query: String?
    package let fields: HTTPFields
    package let body: [UInt8]
    /// Who asks: an address, or the network that stands for it.
    package let address: String
    /// What the log and the answer call it.
    package let id: String

    package init(
        method: HTTPMethod,
        query: String?,
        fields: HTTPFields,
        body: [UInt8],
        address: String,
        id: String
    ) {
        self.method = method
        self.query = query
        self.fields = fields
        self.body = body
        self.address = address
        self.id = id
    }

    /// The value of a cookie; nil where it is missing or came twice (RFC 6265 §4.2).
    func cookie(_ name: String) -> String? {
        let pairs = fields.values("Cookie").flatMap { $0.split(separator: ";") }.map { $0.trimmed }
        let values = pairs.filter { $0.hasPrefix("\(name)=") }.map { String($0.dropFirst(name.count + 1)) }
        return values.count == 1 ? values.first : nil
    }
}

extension HTTPResponse {
    /// What is said once and not kept.
    static func fresh(_ status: HTTPStatus, _ json: JSON, fields: HTTPFields = [:]) -> HTTPResponse {
        var all = fields
        all["Content-Type"] = "application/json"
        all["Cache-Control"] = "no-store"
        return HTTPResponse(status, fields: all, body: json.bytes)
    }
}
