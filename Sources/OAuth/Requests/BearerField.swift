package import Logging

/// The access token of a request, as its `Authorization` fields bring it (RFC 6750 §2.1).
package enum BearerField: Hashable, Sendable {
    /// There is no such field, or one of another scheme.
    case absent
    case token(Secret)
    /// There is more than one, or one that is no token.
    case malformed

    /// `values` are those of all `Authorization` fields.
    package init(_ values: [String]) {
        guard let value = values.first else {
            self = .absent
            return
        }
        guard values.count == 1 else {
            self = .malformed
            return
        }
        let scheme = value.utf8.prefix { $0 != UInt8(ascii: " ") }
        guard String(decoding: scheme, as: UTF8.self).lowercased() == "bearer" else {
            self = .absent
            return
        }
        let text = String(value[scheme.endIndex...].drop { $0 == " " })
        self = Self.isToken(text) ? .token(Secret(text)) : .malformed
    }

    /// `b64token` of RFC 6750 §2.1.
    private static func isToken(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            let end = bytes.firstIndex(of: UInt8(ascii: "=")) ?? bytes.count
            return end > 0 && bytes[..<end].allSatisfy(isTokenByte)
                && bytes[end...].allSatisfy { $0 == UInt8(ascii: "=") }
        }
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"), UInt8(ascii: "+"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
