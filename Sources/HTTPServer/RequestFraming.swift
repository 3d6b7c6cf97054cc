import HTTP

/// Where a request ends, and what must hold of its head before anything is done with it.
///
/// Two programs that read one head differently can be made to take the end of one request for another (RFC 9112 §11.2),
/// and the library lets pass what they differ about. Every request is looked at, so this works on bytes.
struct RequestFraming {
    typealias Bytes = UnsafeRawBufferPointer

    private(set) var contentLength: Int?
    private(set) var isChunked = false
    /// The client waits for word before it sends the body.
    private(set) var expectsContinue = false
    /// What is wrong with the head, as a sentence.
    private(set) var problem: String?
    private var hasHost = false

    var hasBody: Bool { isChunked || contentLength ?? 0 > 0 }

    func isLonger(than limit: Int) -> Bool { contentLength ?? 0 > limit }

    /// Looks at one field after the other.
    mutating func look(at name: Bytes, _ value: Bytes) {
        switch name.count {
        case 4 where Self.is(name, "host"): lookAtHost(value)
        case 6 where Self.is(name, "expect"): expectsContinue = true
        case 14 where Self.is(name, "content-length"): lookAtLength(value)
        case 17 where Self.is(name, "transfer-encoding"):
            if isChunked || !Self.is(value, "chunked") { note("The Transfer-Encoding is not chunked.") }
            isChunked = true
        default:
            if name.isEmpty || !name.allSatisfy(ByteSet.token.contains) {
                note("The name of a header field is not valid.")
            }
        }
    }

    /// After the last one; a head is not whole where something else than an empty line was taken for its end.
    mutating func end(version: String, target: String, isWhole: Bool = true) {
        if !isWhole { note("The head does not end with an empty line.") }
        if isChunked && contentLength != nil { note("There are both Content-Length and Transfer-Encoding.") }
        if isChunked && version != "HTTP/1.1" { note("\(version) has no Transfer-Encoding.") }
        if !hasHost && version == "HTTP/1.1" { note("There is no Host.") }
        if target.utf8.first != UInt8(ascii: "/"), target.utf8.contains(UInt8(ascii: ":")), URLText(target) == nil {
            note("The target is not valid.")
        }
    }

    private mutating func note(_ sentence: String) { problem = problem ?? sentence }

    private mutating func lookAtHost(_ value: Bytes) {
        if hasHost { note("There is more than one Host.") }
        if !Self.isAuthority(value) { note("The Host is not valid.") }
        hasHost = true
    }

    private mutating func lookAtLength(_ value: Bytes) {
        if contentLength != nil { note("There is more than one Content-Length.") }
        var length = 0
        for byte in value {
            guard ByteSet.digits.contains(byte) else { return note("The Content-Length is not a number.") }
            // What is too long for a number is too long for any limit.
            length = length > Int.max / 16 ? Int.max / 2 : length * 10 + Int(byte & 15)
        }
        if value.isEmpty { note("The Content-Length is not a number.") }
        contentLength = length
    }
}

extension RequestFraming {
    /// A name or address, with or without a port (RFC 9110 §7.2, RFC 3986 §3.2.2).
    static func isAuthority(_ bytes: Bytes) -> Bool {
        var end = 0
        if bytes.first == UInt8(ascii: "[") {
            while end < bytes.count, bytes[end] != UInt8(ascii: "]") { end += 1 }
            guard end < bytes.count, bytes[1..<end].contains(UInt8(ascii: ":")),
                bytes[1..<end].allSatisfy(ByteSet.address.contains)
            else { return false }
            end += 1
        } else {
            while end < bytes.count, bytes[end] != UInt8(ascii: ":") { end += 1 }
            guard end > 0, bytes[..<end].allSatisfy(ByteSet.name.contains) else { return false }
        }
        guard end < bytes.count else { return true }
        let port = bytes[(end + 1)...]
        return bytes[end] == UInt8(ascii: ":") && (1...5).contains(port.count)
            && port.allSatisfy(ByteSet.digits.contains)
            && (1...65535).contains(port.reduce(0) { $0 * 10 + Int($1 & 15) })
    }

    private static func `is`(_ bytes: Bytes, _ lowercased: StaticString) -> Bool {
        guard bytes.count == lowercased.utf8CodeUnitCount else { return false }
        for (index, byte) in bytes.enumerated() {
            let wanted = lowercased.utf8Start[index]
            guard byte == wanted || byte | 0x20 == wanted && ByteSet.letters.contains(wanted) else { return false }
        }
        return true
    }
}

/// Some of the ASCII characters.
struct ByteSet: Sendable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    init(_ text: StaticString) {
        for index in 0..<text.utf8CodeUnitCount { insert(text.utf8Start[index]) }
    }

    @inline(__always) func contains(_ byte: UInt8) -> Bool {
        byte < 128 && (byte < 64 ? low : high) >> UInt64(byte & 63) & 1 == 1
    }

    private mutating func insert(_ byte: UInt8) {
        if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte & 63) }
    }

    private func union(_ other: ByteSet) -> ByteSet {
        var union = self
        (union.low, union.high) = (low | other.low, high | other.high)
        return union
    }

    static let digits = ByteSet("0123456789")
    static let letters = ByteSet("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    /// RFC 9110 §5.6.2.
    static let token = ByteSet("!#$%&'*+-.^_`|~").union(letters).union(digits)
    static let name = ByteSet("-._~%!$&'()*+,;=").union(letters).union(digits)
    static let address = ByteSet(":.abcdefABCDEF").union(digits)
}
