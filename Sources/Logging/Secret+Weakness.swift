extension Secret {
    /// Why a text cannot be distinguished from what an answer or the log says anyway.
    package enum Weakness: String, Sendable {
        case short, number, word, uniform

        /// Goes on from the name of what is weak.
        package var explanation: String {
            switch self {
            case .short: "is shorter than \(Secret.shortest) characters"
            case .number: "is a number"
            case .word: "is a word"
            case .uniform: "consists of very few different characters"
            }
        }
    }

    /// In bytes of UTF-8.
    package static let shortest = 8

    /// Nil for a text that can be distinguished from all others, as every long random one can.
    ///
    /// A weak secret is not redacted: the reader would lose catalog words and numbers, and learn from the gaps which
    /// of them it is.
    package var weakness: Weakness? {
        let bytes = revealed.utf8
        if bytes.count < Self.shortest { return .short }
        if bytes.distinctCount < Self.fewest { return .uniform }
        guard bytes.count < Self.long else { return nil }
        if bytes.allSatisfy({ $0.isDigit || " +,-./:".utf8.contains($0) }) { return .number }
        return bytes.allSatisfy { $0.isLetter } ? .word : nil
    }

    static let fewest = 4
    /// From here on letters alone make no word, and digits no number.
    static let long = 16
}

extension UInt8 {
    var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    /// Capital letters as small ones.
    var lowercased: UInt8 { isLetter ? self | 0x20 : self }
}

extension Sequence<UInt8> {
    /// How many different bytes there are, without the cost of a set.
    var distinctCount: Int {
        var known: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        for byte in self {
            let bit = UInt64(1) << UInt64(byte & 63)
            switch byte >> 6 {
            case 0: known.0 |= bit
            case 1: known.1 |= bit
            case 2: known.2 |= bit
            default: known.3 |= bit
            }
        }
        return known.0.nonzeroBitCount + known.1.nonzeroBitCount + known.2.nonzeroBitCount + known.3.nonzeroBitCount
    }
}
