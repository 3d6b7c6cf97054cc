/// About how many tokens a text is to a language model, estimated from its bytes alone.
///
/// No model's vocabulary is at hand here, and each has one of its own. What they share is how they cut: a common word
/// is one token and a long one a few, up to three digits are one, and so is a run of punctuation. The weights are rather
/// too high than too low for the vocabularies of today; `Tests/Clients/test_tokens.py` holds how far off they may be.
package enum TokenEstimate {
    package static func tokens(in text: String) -> Int {
        var text = text
        return text.withUTF8 { tokens(in: $0) }
    }

    /// Reads each byte once and keeps nothing.
    package static func tokens(in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var estimate = RunningEstimate()
        for byte in bytes { estimate.add(byte) }
        return (estimate.sixteenths + 15) / 16
    }
}

/// What has been read so far, run by run: small letters, capitals, digits, blanks, line breaks, punctuation.
private struct RunningEstimate {
    private(set) var sixteenths = 0
    private var last = Kind.lineBreak
    /// How many of the kind have come in a row; a word goes on from its capital into its small letters.
    private var length = 0
    /// How many letters and digits have come without anything between them.
    private var unbroken = 0

    private enum Kind { case small, capital, digit, blank, lineBreak, mark, other }

    mutating func add(_ byte: UInt8) {
        let kind = Self.kind(of: byte)
        addUnbroken(kind)
        switch kind {
        case .small: addSmall()
        case .capital: sixteenths += last == .capital ? (length == 1 ? 1 : 5) : start
        case .digit: sixteenths += last == .digit ? (length % 3 == 0 ? 18 : 0) : last == .blank ? 34 : 20
        // A blank is part of the word after it, but a run of them is a token of its own.
        case .blank: sixteenths += last == .blank ? (length == 1 ? 8 : length % 16 == 0 ? 10 : 0) : 0
        case .lineBreak: sixteenths += last == .lineBreak ? 1 : 16
        case .mark: sixteenths += last == .mark ? (length < 3 ? 1 : 2) : 12
        case .other: sixteenths += Self.weight(ofLead: byte)
        }
        length = kind == last || kind == .small && last == .capital && length == 1 ? length + 1 : 1
        last = kind
    }

    /// No word is that long: keys, digests and Base64 fall to pieces.
    private mutating func addUnbroken(_ kind: Kind) {
        switch kind {
        case .small, .capital, .digit:
            unbroken += 1
            if unbroken > 32 { sixteenths += 2 }
        case .blank, .lineBreak, .mark, .other: unbroken = 0
        }
    }

    /// The first letter of a word carries most of it; after the sixth each adds a little.
    private mutating func addSmall() {
        switch last {
        case .small: if length >= 6 { sixteenths += 4 }
        // `Order` is one word, and of `DWOrder` the small letters are the second.
        case .capital: if length > 1 { sixteenths += 12 }
        default: sixteenths += start
        }
    }

    /// What a word costs by what is in front of it: after a blank it is as the vocabulary has it.
    private var start: Int {
        switch last {
        case .blank, .lineBreak: 16
        case .mark: 20
        default: 18
        }
    }

    private static func kind(of byte: UInt8) -> Kind {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): .small
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): .capital
        case UInt8(ascii: "0")...UInt8(ascii: "9"): .digit
        case 0x20: .blank
        case 0x09, 0x0A, 0x0D: .lineBreak
        case 0x80...: .other
        default: .mark
        }
    }

    /// Of a character beyond ASCII; the bytes that follow its first add nothing.
    private static func weight(ofLead byte: UInt8) -> Int {
        switch byte {
        case 0x80...0xBF: 0
        // Latin with accents breaks words up; of other alphabets some letters make a token.
        case 0xC0...0xCB: 30
        case 0xCC...0xCF: 10
        case 0xD0...0xD3: 6
        case 0xD4...0xDF: 8
        case 0xE0...0xE2: 11
        // Kana, and what stands for a word or a syllable: hardly two of them make a token.
        case 0xE3...0xEF: 13
        default: 48
        }
    }
}
