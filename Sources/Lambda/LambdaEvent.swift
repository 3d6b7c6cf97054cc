import HTTP
package import HTTPServer
package import JSON
import Text

/// One invocation's event, read as the HTTP request that it stands for.
///
/// API Gateway's payload format 2.0 (HTTP APIs, function URLs) and 1.0 (REST APIs), and what a load balancer sends.
package struct LambdaEvent: Sendable {
    /// How its answer has to be written.
    package enum Form: Hashable, Sendable {
        case http
        case rest
        /// `listsValues` where fields come, and go, with all their values.
        case balancer(listsValues: Bool)
    }

    package let form: Form
    package let head: HTTPRequestHead
    package let body: [UInt8]

    /// Throws where it stands for no HTTP request; what else is missing or of another kind is left out.
    ///
    /// `trace` is how X-Ray calls the invocation's trace.
    package init(_ event: JSON, trace: String? = nil) throws(LambdaError) {
        let context = event["requestContext"] ?? [:]
        let method: String?
        if context["http"]?.object != nil {
            form = .http
            method = context["http"]?["method"]?.string
        } else {
            form =
                context["elb"] == nil ? .rest : .balancer(listsValues: event["multiValueHeaders"]?.object != nil)
            method = event["httpMethod"]?.string
        }
        guard let method, !method.isEmpty else { throw .noRequest }
        body = try Self.body(event)
        head = LambdaHead(event, context, form).head(method, bodyCount: body.count, trace)
    }

    private static func body(_ event: JSON) throws(LambdaError) -> [UInt8] {
        guard let text = event["body"]?.string else { return [] }
        guard event["isBase64Encoded"]?.bool == true else { return Array(text.utf8) }
        guard let bytes = Base64.decoded(text) else { throw .bodyNotBase64 }
        return bytes
    }
}

/// Puts the head of a request together from where an event has its parts.
private struct LambdaHead {
    private let event: JSON
    private let context: JSON
    private let form: LambdaEvent.Form

    init(_ event: JSON, _ context: JSON, _ form: LambdaEvent.Form) {
        self.event = event
        self.context = context
        self.form = form
    }

    func head(_ method: String, bodyCount: Int, _ trace: String?) -> HTTPRequestHead {
        let (path, prefix) = place
        var fields = fields
        fields["Content-Length"] = String(bodyCount)
        if fields["traceparent"] == nil { fields["traceparent"] = trace.flatMap(Self.traceParent) }
        let domain = context["domainName"]?.string
        if fields["Host"] == nil, let domain { fields["Host"] = domain }
        return HTTPRequestHead(
            method: HTTPMethod(rawValue: method),
            target: query.isEmpty ? path : "\(path)?\(query)",
            version: "HTTP/1.1",
            fields: fields,
            peer: peer(fields),
            // The name under which the gateway serves this function is its own.
            local: domain ?? "",
            isSecure: isSecure(fields),
            base: domain.map { "https://\($0)\(prefix)" }
        )
    }

    /// The path without the stage that a gateway puts before it, and that stage with its slash.
    private var place: (path: String, prefix: String) {
        let raw = (form == .http ? event["rawPath"] : event["path"])?.string ?? ""
        let path = raw.first == "/" ? raw : "/\(raw)"
        let stage = context["stage"]?.string.map { "/\($0)" } ?? ""
        guard stage.count > 1, stage != "/$default" else { return (path, "") }
        switch form {
        case .http where path == stage: return ("/", stage)
        case .http where path.hasPrefix("\(stage)/"): return (String(path.dropFirst(stage.count)), stage)
        // Of a REST API the path is without it; the path that was asked for is in the context.
        case .rest where context["path"]?.string?.hasPrefix("\(stage)/") == true: return (path, stage)
        default: return (path, "")
        }
    }

    private var query: String {
        if form == .http { return event["rawQueryString"]?.string ?? "" }
        // A load balancer hands on what was encoded, a gateway what it has decoded.
        let encode: (String) -> String = { form == .rest ? PercentEncoding.encoded($0) : $0 }
        let pairs = values("multiValueQueryStringParameters", else: "queryStringParameters")
        return pairs.map { "\(encode($0))=\(encode($1))" }.joined(separator: "&")
    }

    private var fields: HTTPFields {
        var fields = HTTPFields()
        for (name, value) in values("multiValueHeaders", else: "headers") where !Self.isOfConnection(name) {
            fields.append(name, value)
        }
        let cookies = event["cookies"]?.array?.compactMap { $0.string } ?? []
        if !cookies.isEmpty { fields.append("Cookie", cookies.joined(separator: "; ")) }
        return fields
    }

    /// Said of the connection to the gateway, which this is not.
    private static func isOfConnection(_ name: String) -> Bool {
        ["connection", "content-length", "expect", "keep-alive", "transfer-encoding", "upgrade"]
            .contains(name.lowercased())
    }

    /// Names with each of their values, from the member that has all of them, or else from that with the last.
    private func values(_ all: String, else last: String) -> [(String, String)] {
        if let members = event[all]?.object?.members {
            return members.flatMap { member in
                (member.value.array ?? []).compactMap { $0.string }.map { (member.name, $0) }
            }
        }
        return (event[last]?.object?.members ?? []).compactMap { member in
            member.value.string.map { (member.name, $0) }
        }
    }

    /// `Root=1-<8 digits>-<24 digits>;Parent=<16 digits>;Sampled=1` as W3C Trace Context §3.2 writes it.
    private static func traceParent(_ trace: String) -> String? {
        let parts = trace.split(separator: ";").map { $0.split(separator: "=", maxSplits: 1).map { String($0) } }
        let named = Dictionary(parts.filter { $0.count == 2 }.map { ($0[0], $0[1]) }) { first, _ in first }
        guard let root = named["Root"], root.hasPrefix("1-"), let parent = named["Parent"] else { return nil }
        let id = root.dropFirst(2).filter { $0 != "-" }
        return "00-\(id)-\(parent)-\(named["Sampled"] == "1" ? "01" : "00")"
    }

    private func peer(_ fields: HTTPFields) -> String {
        switch form {
        case .http: return context["http"]?["sourceIp"]?.string ?? ""
        case .rest: return context["identity"]?["sourceIp"]?.string ?? ""
        // It writes from where a request came behind what the request said of that itself.
        case .balancer: return fields.values("X-Forwarded-For").last?.split(separator: ",").last?.trimmed ?? ""
        }
    }

    /// A gateway is reached over HTTPS only; a load balancer says how it was.
    private func isSecure(_ fields: HTTPFields) -> Bool {
        guard case .balancer = form else { return true }
        return fields.values("X-Forwarded-Proto").last?.lowercased() == "https"
    }
}
