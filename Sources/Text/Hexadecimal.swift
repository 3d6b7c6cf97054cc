extension Collection<UInt8> {
    /// Two digits for each byte, in small letters.
    package var hexadecimal: String {
        String(unsafeUninitializedCapacity: count * 2) { digits in
            var place = 0
            for byte in self {
                digits[place] = Self.digit(byte >> 4)
                digits[place + 1] = Self.digit(byte & 15)
                place += 2
            }
            return place
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
