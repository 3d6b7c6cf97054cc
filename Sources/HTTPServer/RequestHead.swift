import HTTP

/// The head of a request, and what must hold of it before anything is done with it.
///
/// Two programs that read one head differently can be made to take the end of one request for another (RFC 9112 §11.2),
/// and the library lets pass what they differ about. A name that is not ours is how a page in a browser gets at a server
/// of its own machine (DNS rebinding).
struct RequestHead {
    let version: String
    let target: String
    let fields: HTTPFields

    /// The answer to a head that is refused, after which the connection ends; nil for one that is in order.
    func refusal(hosts: Set<String>, bodyLimit: Int) -> HTTPResponse? {
        if let problem { return Self.response(.badRequest, "\(problem) Send the request as RFC 9112 says.") }
        guard names.allSatisfy({ hosts.contains($0) }) else {
            return Self.response(.forbidden, "This server does not answer under that name. Use its own address.")
        }
        guard let length = fields["Content-Length"], length.utf8.count > 18 || Int(length) ?? 0 > bodyLimit else {
            return nil
        }
        return Self.tooLarge(bodyLimit)
    }

    static func tooLarge(_ limit: Int) -> HTTPResponse {
        response(.contentTooLarge, "The body is larger than \(limit >> 20) MiB. Send less at once.")
    }

    static func response(_ status: HTTPStatus, _ sentences: String) -> HTTPResponse {
        var response = HTTPResponse(status, text: "\(sentences)\n")
        response.fields["Connection"] = "close"
        return response
    }
}

extension RequestHead {
    private var problem: String? {
        let (lengths, codings) = (fields.values("Content-Length"), fields.values("Transfer-Encoding"))
        let hosts = fields.values("Host")
        if !fields.all.allSatisfy({ Self.isToken($0.name) }) { return "The name of a header field is not valid." }
        if lengths.count > 1 { return "There is more than one Content-Length." }
        if let length = lengths.first, length.isEmpty || !length.utf8.allSatisfy(Self.isDigit) {
            return "The Content-Length is not a number."
        }
        if !codings.isEmpty {
            if !lengths.isEmpty { return "There are both Content-Length and Transfer-Encoding." }
            if codings.count > 1 || codings.first?.lowercased() != "chunked" {
                return "The Transfer-Encoding is not chunked."
            }
            if version != "HTTP/1.1" { return "\(version) has no Transfer-Encoding." }
        }
        if hosts.count > 1 { return "There is more than one Host." }
        if hosts.isEmpty && version == "HTTP/1.1" { return "There is no Host." }
        if let host = hosts.first, Self.name(in: host) == nil { return "The Host is not valid." }
        return isAbsolute && URLText(target) == nil ? "The target is not valid." : nil
    }

    private var isAbsolute: Bool { target.hasPrefix("http://") || target.hasPrefix("https://") }

    /// Under which names the server is asked.
    private var names: [String] {
        [fields["Host"].flatMap { Self.name(in: $0) }, isAbsolute ? URLText(target)?.host.lowercased() : nil]
            .compactMap { $0 }
    }

    /// `localhost` of `LOCALHOST:81`, `::1` of `[::1]:81`; nil for what is no host with a port (RFC 3986 §3.2.2).
    private static func name(in host: String) -> String? {
        guard !host.utf8.contains(where: { "@/?#\\".utf8.contains($0) || $0 <= 0x20 }) else { return nil }
        return URLText("http://\(host)/").flatMap { $0.path == "/" ? $0.host.lowercased() : nil }
    }

    /// RFC 9110 §5.6.2.
    private static func isToken(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                default: isDigit(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
