/// The product's member names as words.
package enum Words {
    /// `businessDescription` as `Business description`.
    package static func spaced(_ name: String) -> String {
        var result: [UInt8] = []
        var last: UInt8 = 0
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z") where isSmall(last): result += [UInt8(ascii: " "), byte | 0x20]
            case UInt8(ascii: "_"): result.append(UInt8(ascii: " "))
            default: result.append(result.isEmpty && isSmall(byte) ? byte & ~0x20 : byte)
            }
            last = byte
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// `yes`, `no`, or `not known`.
    package static func flag(_ value: Bool?) -> Inline {
        switch value {
        case true?: "yes"
        case false?: "no"
        case nil: "not known"
        }
    }

    private static func isSmall(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
}
