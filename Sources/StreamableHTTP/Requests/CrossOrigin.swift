import HTTP
import Text

/// What answers have to say to browsers so that pages of allowed origins may read an answer (the Fetch Standard, CORS protocol).
struct CrossOrigin: Sendable {
    private let allowed: String

    /// `credentials` are the names of the fields in which credentials come, `parameters` those in which arguments do.
    init(credentials: [String]) {
        allowed = (Self.fields + credentials.filter { $0.lowercased() != "authorization" }).joined(separator: ", ")
    }

    private static let fields = [
        "Content-Type", "Accept", "Authorization", "Mcp-Session-Id", "MCP-Protocol-Version", "Mcp-Method", "Mcp-Name",
        "Last-Event-ID", "traceparent", "tracestate", "baggage",
    ]
    static let methods = "GET, POST, DELETE, OPTIONS"
    private static let exposed =
        "Mcp-Session-Id, MCP-Protocol-Version, WWW-Authenticate, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id"

    /// For every answer to a page of `origin`.
    func mark(_ fields: inout HTTPFields, for origin: String) {
        fields.append("Access-Control-Allow-Origin", origin)
        fields.append("Access-Control-Expose-Headers", Self.exposed)
    }

    /// For the question that comes before a request; `asked` are the fields that it will have.
    func markPreflight(_ fields: inout HTTPFields, asked: String?) {
        fields.append("Access-Control-Allow-Methods", Self.methods)
        fields.append("Access-Control-Allow-Headers", allowed + Self.parameters(asked))
        fields.append("Access-Control-Max-Age", "600")
    }

    /// Those of the fields that are asked for in which arguments come.
    private static func parameters(_ asked: String?) -> String {
        (asked ?? "").split(separator: ",").map { $0.trimmed }
            .filter { $0.lowercased().hasPrefix("mcp-param-") && $0.utf8.count < 100 }
            .map { ", \($0)" }.joined()
    }
}
