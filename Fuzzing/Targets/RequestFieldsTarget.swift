import HTTP
import Text

@testable import HTTPServer
@testable import StreamableHTTP

extension FuzzTarget {
    /// Whatever the fields of a request are, what is accepted, allowed and believed follows from them by plain rules.
    static let requestFields = FuzzTarget("request-fields") { bytes in
        let fields = HTTPFields(lines: String(decoding: bytes, as: UTF8.self).split(separator: "\n"))
        try checkAcceptance(fields)
        for host in fields.values("Host") { try checkHost(host) }
        for origin in fields.values("Origin") { try checkOrigin(origin) }
        try checkForwarded(fields)
    }

    private static func checkAcceptance(_ fields: HTTPFields) throws {
        let (values, accepted) = (fields.values("Accept"), Acceptance(fields))
        let qualities = [accepted.json, accepted.stream]
        try hold(qualities.allSatisfy { (0...1000).contains($0) }, "A quality is out of range: \(qualities)")
        let inOneLine = values.isEmpty ? nil : values.joined(separator: ",")
        try hold(Acceptance(inOneLine) == accepted, "In one line, another form is accepted: \(values)")
        guard accepted.takesJSON != accepted.takesStream else { return }
        for form in StreamableHTTPConfiguration.ResponseForm.allCases {
            let prefersStream = accepted.prefersStream(over: form)
            try hold(prefersStream == accepted.takesStream, "A form is preferred that is not accepted: \(values)")
        }
    }

    private static func checkHost(_ text: String) throws {
        if let host = AllowedHost(text) {
            try hold(host.matches(host), "A host is not itself: \(text)")
            try hold(!host.name.utf8.contains { "/?#@ ".utf8.contains($0) }, "A host has more than a name: \(text)")
        }
        let rules = RequestRules(StreamableHTTPConfiguration())
        let head = HTTPRequestHead(["Host": text])
        let isAllowed = rules.isHostAllowed(head)
        if isAllowed {
            try hold(isLoopback(AuthorityText(text)), "A foreign name is answered to: \(text)")
        }
        _ = rules.isHostAllowed(HTTPRequestHead(["Host": "localhost"]))
        try hold(rules.isHostAllowed(head) == isAllowed, "The second time, it is decided otherwise: \(text)")
    }

    private static func checkOrigin(_ text: String) throws {
        switch AllowedOrigin(text) {
        case .origin(let origin)?:
            try hold(AllowedOrigin(origin) == .origin(origin), "An origin has another form again: \(origin)")
            try hold(AllowedOrigin.origin(origin).matches(text), "An origin is not itself: \(text)")
        case .scheme(let scheme)?:
            try hold(AllowedOrigin.scheme(scheme).matches("\(scheme)://page"), "A scheme is not its own: \(text)")
        case .any?, nil: break
        }
        let rules = RequestRules(StreamableHTTPConfiguration())
        guard rules.isOriginAllowed(HTTPRequestHead(["Origin": text])) else { return }
        let scheme = ["http://", "https://"].first { text.lowercased().hasPrefix($0) }
        let authority = scheme.map { AuthorityText(String(text.dropFirst($0.count))) }
        try hold(authority.map(isLoopback) == true, "Pages of a foreign origin may ask: \(text)")
    }

    /// What is before the port.
    private static func isLoopback(_ authority: AuthorityText) -> Bool {
        ["localhost", "127.0.0.1", "[::1]"].contains(authority.name)
    }

    private static func checkForwarded(_ fields: HTTPFields) throws {
        let hops = fields["X-Forwarded-For"] ?? ""
        let proto = fields["X-Forwarded-Proto"]
        let given: HTTPFields = ["X-Forwarded-For": hops, "X-Forwarded-Proto": proto ?? ""]
        let (near, far) = (HTTPRequestHead(given), HTTPRequestHead(given, peer: "203.0.113.9"))
        let plain = RequestRules(StreamableHTTPConfiguration())
        try hold(plain.clientAddress(far) == far.peer, "A stranger is believed who sent it: \(hops)")
        let address = plain.clientAddress(near)
        try hold(address == near.peer || hops.contains(address), "An address is from nowhere: \(address)")
        if address != near.peer {
            let longer = HTTPRequestHead(["X-Forwarded-For": "203.0.113.7, \(hops)"])
            try hold(plain.clientAddress(longer) == address, "What stands further left counts: \(hops)")
        }
        let saysTLS = proto?.split(separator: ",").first?.trimmed.lowercased() == "https"
        try hold(plain.isSecure(near) == saysTLS, "It is not as the proxy says: \(proto ?? "")")
        var configuration = StreamableHTTPConfiguration()
        configuration.trustedProxies = []
        try hold(!RequestRules(configuration).isSecure(far), "A stranger is believed that there is TLS: \(proto ?? "")")
    }
}

/// The name in `name:port`, by the plainest reading there is.
private struct AuthorityText {
    let name: String

    init(_ text: String) {
        let text = text.lowercased()
        let end =
            text.hasPrefix("[") ? text.firstIndex(of: "]").map { text.index(after: $0) } : text.firstIndex(of: ":")
        let port = text[(end ?? text.endIndex)...]
        let isPort = port.isEmpty || port.hasPrefix(":") && port.dropFirst().utf8.allSatisfy { (48...57).contains($0) }
        name = isPort ? String(text[..<(end ?? text.endIndex)]) : ""
    }
}

extension HTTPFields {
    /// Lines as in a request: a name, a colon, a value.
    init(lines: [Substring]) {
        self.init()
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { append(String(parts[0].trimmed), String(parts[1].trimmed)) }
        }
    }
}

extension HTTPRequestHead {
    /// Of a POST from this machine, unless another peer is named.
    fileprivate init(_ fields: HTTPFields, peer: String = "127.0.0.1") {
        self.init(
            method: .post,
            target: "/mcp",
            version: "HTTP/1.1",
            fields: fields,
            peer: peer,
            local: "127.0.0.1",
            isSecure: false
        )
    }
}
