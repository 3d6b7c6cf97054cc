import Text

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// An IP address, or a network in CIDR notation (RFC 4632 §3.1, RFC 4291 §2.3).
package struct AddressRange: Hashable, Sendable {
    private let bytes: [UInt8]
    private let prefix: Int

    /// `10.0.0.7`, `10.0.0.0/8` or `fd00::/8`; nil for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let bytes = Self.bytes(String(parts[0])) else { return nil }
        self.bytes = bytes
        guard parts.count == 2 else {
            prefix = bytes.count * 8
            return
        }
        guard parts[1].utf8.allSatisfy({ (48...57).contains($0) }), let prefix = Int(parts[1]),
            prefix <= bytes.count * 8
        else { return nil }
        self.prefix = prefix
    }

    package func contains(_ address: String) -> Bool {
        guard let other = Self.bytes(address), other.count == bytes.count else { return false }
        return (0..<prefix).allSatisfy { bit in
            let mask: UInt8 = 0x80 >> UInt8(bit & 7)
            return bytes[bit >> 3] & mask == other[bit >> 3] & mask
        }
    }

    /// What one subscriber has: an IPv4 address, or the first 64 bits of an IPv6 address (RFC 4291 §2.5.4, RFC 6177 §2);
    /// `text` itself where it is no address.
    package static func subscriber(of text: String) -> String {
        guard let bytes = bytes(text), bytes.count == 16 else { return text }
        return bytes.prefix(8).hexadecimal
    }

    static let loopback = ["127.0.0.0/8", "::1"].compactMap { AddressRange($0) }

    /// Four bytes or sixteen; an IPv4 address in an IPv6 one is itself (RFC 4291 §2.5.5.2).
    private static func bytes(_ text: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 { return Array(bytes.prefix(4)) }
        guard inet_pton(AF_INET6, text, &bytes) == 1 else { return nil }
        let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        return isMapped ? Array(bytes.suffix(4)) : bytes
    }
}
