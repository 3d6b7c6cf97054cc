/// Bytes that mean themselves between the quotes of a JSON text: all but quotes, backslashes and controls.
enum PlainText {
    /// The place of the first byte from `start` on that is not plain, or the end; `high` is nonzero afterwards where one
    /// of the plain bytes is not ASCII.
    ///
    /// Looks at eight bytes at a time.
    static func end(in bytes: UnsafeBufferPointer<UInt8>, from start: Int, high: inout UInt64) -> Int {
        var position = start
        while position + 8 <= bytes.count {
            let base = UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped)
            let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            let ends = ends(in: word)
            guard ends == 0 else {
                // Of the bits that are set the lowest belongs to the first byte that is not plain.
                high |= word & tops & (ends & (0 &- ends) &- 1)
                return position + ends.trailingZeroBitCount / 8
            }
            high |= word & tops
            position += 8
        }
        while position < bytes.count {
            let byte = bytes[position]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
            high |= UInt64(byte & 0x80)
            position += 1
        }
        return position
    }

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let tops: UInt64 = 0x8080_8080_8080_8080

    /// The top bit of each byte that is not plain; bits above the lowest one that is set may be wrong.
    private static func ends(in word: UInt64) -> UInt64 {
        let quote = word ^ (ones &* 0x22)
        let backslash = word ^ (ones &* 0x5C)
        return ((quote &- ones) & ~quote | (backslash &- ones) & ~backslash | (word &- ones &* 0x20) & ~word) & tops
    }
}
