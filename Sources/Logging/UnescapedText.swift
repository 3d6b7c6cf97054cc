/// A text in which escapes were read, and where each byte of it stood before.
///
/// Percent-encoding, the escapes of JSON, JavaScript and C, and the character references of HTML are read alike, since it is
/// not known which of them a text is in.
struct UnescapedText {
    private(set) var bytes: [UInt8] = []
    private var places: [Range<Int>] = []

    /// Whether there may be an escape.
    static func isNeeded(for text: UnsafeBufferPointer<UInt8>) -> Bool { text.contains(where: Escape.canBegin) }

    /// The text with its escapes read once; nil when it has none.
    init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard Self.isNeeded(for: text) else { return nil }
        self.init(Array(text)) { $0 }
    }

    /// The same once more, for what was escaped twice.
    func unescaped() -> UnescapedText? {
        guard bytes.contains(where: Escape.canBegin) else { return nil }
        return UnescapedText(bytes) { places[$0.lowerBound].lowerBound..<places[$0.upperBound - 1].upperBound }
    }

    /// Where a part of this stood in the text that was read first.
    func place(of part: Range<Int>) -> Range<Int> {
        places[part.lowerBound].lowerBound..<places[part.upperBound - 1].upperBound
    }

    private init?(_ text: [UInt8], _ place: (Range<Int>) -> Range<Int>) {
        bytes.reserveCapacity(text.count)
        places.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            guard Escape.canBegin(text[index]), let escape = Escape(text[index...]) else {
                bytes.append(text[index])
                places.append(place(index..<index + 1))
                index += 1
                continue
            }
            bytes += escape.bytes
            places += repeatElement(place(index..<index + escape.length), count: escape.bytes.count)
            index += escape.length
        }
        // What an escape stands for is always shorter.
        if bytes.count == text.count { return nil }
    }
}

/// One escape at the beginning of a text, and what it stands for.
private struct Escape {
    let bytes: [UInt8]
    let length: Int

    static func canBegin(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "%") || byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "&")
    }

    init?(_ text: ArraySlice<UInt8>) {
        let rest = text.dropFirst()
        switch (text.first, rest.first) {
        case (UInt8(ascii: "%"), _): self.init(unit: Self.number(rest.prefix(2), digits: 2), length: 3)
        case (UInt8(ascii: "\\"), UInt8(ascii: "u")): self.init(utf16: rest.dropFirst())
        case (UInt8(ascii: "\\"), UInt8(ascii: "x")):
            self.init(unit: Self.number(rest.dropFirst().prefix(2), digits: 2), length: 4)
        case (UInt8(ascii: "\\"), let byte?) where byte.isDigit:
            guard let value = Self.number(rest.prefix(3), digits: 3, radix: 8), value < 256 else { return nil }
            self.init(unit: value, length: 4)
        case (UInt8(ascii: "\\"), let byte?): self.init(unit: Self.short[byte], length: 2)
        case (UInt8(ascii: "&"), _): self.init(reference: rest)
        default: return nil
        }
    }

    /// Of what stands for one byte.
    private init?(unit: UInt32?, length: Int) {
        guard let unit else { return nil }
        bytes = [UInt8(truncatingIfNeeded: unit)]
        self.length = length
    }

    /// Of `\uXXXX`, or of a pair of them.
    private init?(utf16 text: ArraySlice<UInt8>) {
        guard let first = Self.number(text.prefix(4), digits: 4) else { return nil }
        if let scalar = Unicode.Scalar(first) {
            self.init(scalar, length: 6)
            return
        }
        let next = text.dropFirst(4)
        guard next.starts(with: #"\u"#.utf8), let second = Self.number(next.dropFirst(2).prefix(4), digits: 4),
            let scalar = Unicode.Scalar(0x10000 + (first & 0x3FF) << 10 + second & 0x3FF)
        else { return nil }
        self.init(scalar, length: 12)
    }

    /// Of `&name;`, `&#61;` and `&#x3d;`.
    private init?(reference text: ArraySlice<UInt8>) {
        let name = text.prefix(Self.longestName).prefix { $0 != UInt8(ascii: ";") }
        guard name.count < Self.longestName, name.count < text.count else { return nil }
        let digits = name.dropFirst()
        let value: UInt32? =
            if name.first != UInt8(ascii: "#") {
                Self.names[String(decoding: name.map { $0.lowercased }, as: UTF8.self)]?.value
            } else if digits.first.map({ $0.lowercased }) == UInt8(ascii: "x") {
                Self.number(digits.dropFirst(), digits: digits.count - 1)
            } else {
                Self.number(digits, digits: digits.count, radix: 10)
            }
        guard let scalar = value.flatMap({ Unicode.Scalar($0) }) else { return nil }
        self.init(scalar, length: name.count + 2)
    }

    private init(_ scalar: Unicode.Scalar, length: Int) {
        bytes = Array(String(Character(scalar)).utf8)
        self.length = length
    }

    /// What may be behind a backslash.
    private static let short: [UInt8: UInt32] = [
        UInt8(ascii: "\""): 0x22, UInt8(ascii: "'"): 0x27, UInt8(ascii: "/"): 0x2F, UInt8(ascii: "\\"): 0x5C,
        UInt8(ascii: "b"): 0x08, UInt8(ascii: "t"): 0x09, UInt8(ascii: "n"): 0x0A, UInt8(ascii: "f"): 0x0C,
        UInt8(ascii: "r"): 0x0D,
    ]

    private static let longestName = 10
    private static let names =
        [
            "amp": "&", "apos": "'", "equals": "=", "gt": ">", "lt": "<", "percnt": "%", "plus": "+", "quot": "\"",
            "sol": "/",
        ] as [String: Unicode.Scalar]

    /// Nil unless there are so many digits and nothing else.
    private static func number(_ text: ArraySlice<UInt8>, digits: Int, radix: UInt32 = 16) -> UInt32? {
        guard text.count == digits, digits > 0 else { return nil }
        var value: UInt32 = 0
        for byte in text {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, digit < radix else { return nil }
            value = value * radix + UInt32(digit)
        }
        return value
    }
}
