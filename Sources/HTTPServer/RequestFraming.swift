import HTTP

/// Where a request ends, and what must hold of its head before anything is done with it.
///
/// Two programs that read one head differently can be made to take the end of one request for another (RFC 9112 §11.2),
/// and the library lets pass what they differ about.
struct RequestFraming {
    private(set) var contentLength: String?
    private(set) var isChunked = false
    /// The client waits for word before it sends the body.
    private(set) var expectsContinue = false
    /// What is wrong with the head, as a sentence.
    private(set) var problem: String?

    private var host: String?
    private var coding: String?

    init(_ head: HTTPRequestHead) {
        for field in head.fields.all where problem == nil { look(at: field) }
        problem = problem ?? remainingProblem(head)
    }

    var hasBody: Bool { isChunked || contentLength.map { $0.utf8.contains { $0 != UInt8(ascii: "0") } } ?? false }

    func isLonger(than limit: Int) -> Bool {
        contentLength.map { $0.utf8.count > 18 || (Int($0) ?? 0) > limit } ?? false
    }

    private mutating func look(at field: HTTPFields.Field) {
        let name = field.name
        switch name.utf8.count {
        case 4 where Self.is(name, "host"): take(field.value, into: \.host, "There is more than one Host.")
        case 6 where Self.is(name, "expect"): expectsContinue = true
        case 14 where Self.is(name, "content-length"):
            take(field.value, into: \.contentLength, "There is more than one Content-Length.")
        case 17 where Self.is(name, "transfer-encoding"):
            take(field.value, into: \.coding, "The Transfer-Encoding is not chunked.")
        default: if !Self.isToken(name) { problem = "The name of a header field is not valid." }
        }
    }

    private mutating func take(
        _ value: String,
        into place: WritableKeyPath<RequestFraming, String?>,
        _ sentence: String
    ) {
        if self[keyPath: place] != nil { problem = sentence }
        self[keyPath: place] = value
    }

    private mutating func remainingProblem(_ head: HTTPRequestHead) -> String? {
        if let contentLength, contentLength.isEmpty || !contentLength.utf8.allSatisfy(Self.isDigit) {
            return "The Content-Length is not a number."
        }
        if let coding {
            if contentLength != nil { return "There are both Content-Length and Transfer-Encoding." }
            if coding.lowercased() != "chunked" { return "The Transfer-Encoding is not chunked." }
            if head.version != "HTTP/1.1" { return "\(head.version) has no Transfer-Encoding." }
            isChunked = true
        }
        if host == nil && head.version == "HTTP/1.1" { return "There is no Host." }
        if let host, !Self.isAuthority(host) { return "The Host is not valid." }
        return head.isAbsolute && URLText(head.target) == nil ? "The target is not valid." : nil
    }
}

extension RequestFraming {
    /// A name or address, with or without a port (RFC 9110 §7.2).
    static func isAuthority(_ text: String) -> Bool {
        var bytes = Substring(text).utf8
        if bytes.first == UInt8(ascii: "[") {
            guard let close = bytes.firstIndex(of: UInt8(ascii: "]")) else { return false }
            let inside = bytes[bytes.index(after: bytes.startIndex)..<close]
            guard inside.contains(UInt8(ascii: ":")), inside.allSatisfy(isInAddress) else { return false }
            bytes = bytes[bytes.index(after: close)...]
        } else {
            let end = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
            guard end > bytes.startIndex, bytes[..<end].allSatisfy(isInName) else { return false }
            bytes = bytes[end...]
        }
        guard bytes.first == UInt8(ascii: ":") else { return bytes.isEmpty }
        let port = bytes.dropFirst()
        return (1...5).contains(port.count) && port.allSatisfy(isDigit)
            && (1...65535).contains(String(port).flatMap { Int($0) } ?? 0)
    }

    private static func isInAddress(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
            || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }

    /// RFC 3986 §3.2.2.
    private static func isInName(_ byte: UInt8) -> Bool {
        isLetter(byte) || isDigit(byte) || "-._~%!$&'()*+,;=".utf8.contains(byte)
    }

    private static func `is`(_ name: String, _ lowercased: StaticString) -> Bool {
        var place = lowercased.utf8Start
        for byte in name.utf8 {
            guard byte | 0x20 == place.pointee || byte == place.pointee else { return false }
            place += 1
        }
        return true
    }

    /// RFC 9110 §5.6.2.
    private static func isToken(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy {
                isLetter($0) || $0 == UInt8(ascii: "-") || isDigit($0) || "!#$%&'*+.^_`|~".utf8.contains($0)
            }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
