package import HTTP

/// The head of a request, as it came.
package struct HTTPRequestHead: Sendable {
    package let method: HTTPMethod
    /// Still percent-encoded, with its query.
    package let target: String
    /// Such as `HTTP/1.1`.
    package let version: String
    package let fields: HTTPFields
    /// The address of the other end in numbers, without its port.
    package let peer: String
    /// The address of this end in numbers, without its port.
    package let local: String
    /// Whether TLS ends at this server.
    package let isSecure: Bool
    /// Scheme, host and what comes before ``path`` in the address under which it was sent, where who carries it knows that;
    /// no slash at its end.
    package let base: String?

    package init(
        method: HTTPMethod,
        target: String,
        version: String,
        fields: HTTPFields,
        peer: String,
        local: String,
        isSecure: Bool,
        base: String? = nil
    ) {
        self.method = method
        self.target = target
        self.version = version
        self.fields = fields
        self.peer = peer
        self.local = local
        self.isSecure = isSecure
        self.base = base
    }
}

extension HTTPRequestHead {
    /// The path as it came, still percent-encoded; of an absolute target, the path in it.
    package var path: String {
        let mark = queryMark
        if mark == nil, target.utf8.first == UInt8(ascii: "/") { return target }
        let (start, end) = (pathStart, mark ?? target.endIndex)
        return start < end ? String(target[start..<end]) : "/"
    }

    /// What follows `?`, still percent-encoded.
    package var query: String? { queryMark.map { String(target[target.utf8.index(after: $0)...]) } }

    /// `http://` and `https://` begin an absolute target, which names the server as well.
    var isAbsolute: Bool { target.utf8.first != UInt8(ascii: "/") && authorityStart != nil }

    private var queryMark: String.Index? { target.utf8.firstIndex(of: UInt8(ascii: "?")) }

    private var authorityStart: String.Index? {
        for scheme in ["http://", "https://"] where target.hasPrefix(scheme) {
            return target.utf8.index(target.startIndex, offsetBy: scheme.utf8.count)
        }
        return nil
    }

    private var pathStart: String.Index {
        guard target.utf8.first != UInt8(ascii: "/"), let start = authorityStart else { return target.startIndex }
        return target[start...].utf8.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }
            ?? target.endIndex
    }
}
