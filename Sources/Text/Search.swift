extension String {
    /// Whether `part` occurs in this text, byte for byte; an empty one does.
    ///
    /// Looks at each byte once, whatever repeats in the two (Knuth, Morris and Pratt).
    package func holds(_ part: String) -> Bool {
        let wanted = Array(part.utf8)
        guard !wanted.isEmpty else { return true }
        guard wanted.count <= utf8.count else { return false }
        let retreats = Self.retreats(in: wanted)
        var matched = 0
        for byte in utf8 {
            while matched > 0, wanted[matched] != byte { matched = retreats[matched - 1] }
            if wanted[matched] == byte { matched += 1 }
            if matched == wanted.count { return true }
        }
        return false
    }

    /// For each byte how many of the first bytes are still matched, when the one after it is not.
    private static func retreats(in wanted: [UInt8]) -> [Int] {
        var retreats = [0]
        var matched = 0
        for byte in wanted.dropFirst() {
            while matched > 0, wanted[matched] != byte { matched = retreats[matched - 1] }
            if wanted[matched] == byte { matched += 1 }
            retreats.append(matched)
        }
        return retreats
    }
}

extension [UInt8] {
    /// Whether `byte` occurs; looks at eight bytes at a time.
    package func holds(_ byte: UInt8) -> Bool {
        withUnsafeBytes { bytes in
            let (ones, tops): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
            var place = 0
            while place + 8 <= bytes.count {
                let others = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self) ^ (ones &* UInt64(byte))
                if (others &- ones) & ~others & tops != 0 { return true }
                place += 8
            }
            return bytes[place...].contains(byte)
        }
    }
}

extension StringProtocol where SubSequence == Substring {
    /// Where `part`, which is short, first occurs, byte for byte.
    ///
    /// The standard library's own search brings regular expressions along.
    package func range(ofFirst part: String) -> Range<String.Index>? {
        let count = part.utf8.count
        guard count > 0 else { return nil }
        return utf8.indices.lazy.filter { utf8[$0...].starts(with: part.utf8) }.first
            .map { $0..<utf8.index($0, offsetBy: count) }
    }

    /// With `other` wherever `part`, which is short, occurs.
    package func replacing(every part: String, with other: String) -> String {
        var (text, rest) = ("", self[...])
        while let range = rest.range(ofFirst: part) {
            text += rest[..<range.lowerBound] + other
            rest = rest[range.upperBound...]
        }
        return text + rest
    }
}
