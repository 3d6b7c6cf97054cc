import HTTP
import JSON

/// One request, taken apart as the routes need it.
struct SandboxCall {
    let method: HTTPMethod
    /// From `/api/` on; whatever is before it is the installation's context path.
    let path: String
    /// Scheme, host, port and context path, for absolute links.
    let base: String
    private(set) var query: [(name: String, value: String)]
    let fields: HTTPFields
    let rawBody: [UInt8]

    init(_ request: HTTPRequest, _ url: URLText) {
        let parts = Self.split(url.path)
        method = request.method
        path = parts.path
        base = Self.origin(url) + parts.context
        query = URLText.queryItems(url.query ?? "")
        fields = request.fields
        rawBody = request.body
    }

    var authorization: String? { fields["Authorization"] }

    /// Nil when the body is not a JSON object; an absent body is an empty object.
    var body: JSON? {
        if rawBody.isEmpty { return [:] }
        guard let json = try? JSON(parsing: rawBody), json.object != nil else { return nil }
        return json
    }

    /// A parameter without the spaces around it; nil when it is missing or blank.
    func text(_ name: String) -> String? { query.first { $0.name == name }.flatMap { $0.value.nonBlank } }

    func with(_ name: String, _ value: String) -> SandboxCall {
        var call = self
        call.query.append((name, value))
        return call
    }

    func number(_ name: String) -> Int? { text(name).flatMap { Int($0) } }

    private static func split(_ path: String) -> (context: String, path: String) {
        guard let start = path.indices.first(where: { path[$0...].hasPrefix("/api/") }) else { return ("", path) }
        return (String(path[..<start]), String(path[start...]))
    }

    private static func origin(_ url: URLText) -> String {
        let host = url.host.contains(":") ? "[\(url.host)]" : url.host
        let isUsual = url.port == (url.scheme == "https" ? 443 : 80)
        return "\(url.scheme)://\(host)\(isUsual ? "" : ":\(url.port)")"
    }
}

extension HTTPResponse {
    static func json(_ value: JSON, status: HTTPStatus = .ok) -> HTTPResponse {
        HTTPResponse(status, fields: ["Content-Type": "application/json"], body: value.bytes)
    }

    /// A refusal with the product's usual body.
    static func refusal(_ status: HTTPStatus, _ message: String) -> HTTPResponse {
        .json(["ok": false, "message": .string(message)], status: status)
    }

    /// 405 when the path has endpoints for `methods`, 404 when it has none.
    static func noEndpoint(for call: SandboxCall, methods: [HTTPMethod]) -> HTTPResponse {
        guard !methods.isEmpty else { return .refusal(.notFound, "No endpoint \(call.method) \(call.path)") }
        var response = HTTPResponse.refusal(.methodNotAllowed, "Request method \(call.method) is not supported")
        response.fields["Allow"] = methods.map { $0.rawValue }.joined(separator: ", ")
        return response
    }
}
