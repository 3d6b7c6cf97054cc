#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// An IP address of which is known whether it is someone's on the internet (IANA special-purpose address registries).
package struct PublicAddress: Hashable, Sendable {
    /// In numbers, without brackets.
    package let text: String
    private let bytes: [UInt8]

    package init?(_ text: String) {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 {
            self.bytes = Array(bytes.prefix(4))
        } else if inet_pton(AF_INET6, text, &bytes) == 1 {
            self.bytes = bytes
        } else {
            return nil
        }
        self.text = text
    }

    /// As it is written next to a port.
    package var bracketed: String { bytes.count == 16 ? "[\(text)]" : text }

    /// Whether it is reached over the internet and belongs to no network of ours: what is reserved, private, shared, local
    /// or an IPv4 address in disguise is not.
    package var isGloballyRoutable: Bool {
        bytes.count == 4 ? !Self.reserved4.contains { $0.holds(bytes) } : isRoutable6
    }

    /// Only 2000::/3 is given out (RFC 4291 §2.4), and some of it for other uses.
    private var isRoutable6: Bool { bytes[0] >> 5 == 1 && !Self.reserved6.contains { $0.holds(bytes) } }

    private struct Network: Sendable {
        let start: [UInt8]
        let bits: Int

        init(_ start: [UInt8], _ bits: Int) {
            self.start = start
            self.bits = bits
        }

        func holds(_ address: [UInt8]) -> Bool {
            (0..<bits).allSatisfy { bit in
                let mask: UInt8 = 0x80 >> UInt8(bit & 7)
                return address[bit >> 3] & mask == (bit >> 3 < start.count ? start[bit >> 3] : 0) & mask
            }
        }
    }

    private static let reserved4: [Network] = [
        Network([0], 8), Network([10], 8), Network([100, 64], 10), Network([127], 8), Network([169, 254], 16),
        Network([172, 16], 12), Network([192, 0, 0], 24), Network([192, 0, 2], 24), Network([192, 31, 196], 24),
        Network([192, 52, 193], 24), Network([192, 88, 99], 24), Network([192, 168], 16), Network([192, 175, 48], 24),
        Network([198, 18], 15), Network([198, 51, 100], 24), Network([203, 0, 113], 24), Network([224], 4),
        Network([240], 4),
    ]

    /// Teredo and others of the IETF's own, documentation, 6to4, AS112, documentation again.
    private static let reserved6: [Network] = [
        Network([0x20, 0x01, 0x00], 23), Network([0x20, 0x01, 0x0D, 0xB8], 32), Network([0x20, 0x02], 16),
        Network([0x26, 0x20, 0x00, 0x4F, 0x80, 0x00], 48), Network([0x3F, 0xFF], 20),
    ]
}
