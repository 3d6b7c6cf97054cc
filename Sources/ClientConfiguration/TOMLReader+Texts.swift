// The four ways to write a text.
extension TOMLReader {
    mutating func basic() throws(DocumentFault) -> String {
        let start = place
        var text: [UInt8] = []
        place += 1
        while byte != UInt8(ascii: "\"") {
            try takeCharacter(into: &text, from: start, isLong: false)
        }
        place += 1
        return String(decoding: text, as: UTF8.self)
    }

    mutating func longBasic() throws(DocumentFault) -> String {
        let start = place
        var text: [UInt8] = []
        place += 3
        skipFirstLineEnd()
        while !begins(with: "\"\"\"") {
            if byte == UInt8(ascii: "\\"), skipFoldedLines() { continue }
            try takeCharacter(into: &text, from: start, isLong: true)
        }
        closeLong(UInt8(ascii: "\""), &text)
        return String(decoding: text, as: UTF8.self)
    }

    mutating func literal() throws(DocumentFault) -> String {
        let start = place
        var text: [UInt8] = []
        place += 1
        while byte != UInt8(ascii: "'") { try takePlain(into: &text, from: start, isLong: false) }
        place += 1
        return String(decoding: text, as: UTF8.self)
    }

    mutating func longLiteral() throws(DocumentFault) -> String {
        let start = place
        var text: [UInt8] = []
        place += 3
        skipFirstLineEnd()
        while !begins(with: "'''") { try takePlain(into: &text, from: start, isLong: true) }
        closeLong(UInt8(ascii: "'"), &text)
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func skipFirstLineEnd() {
        if begins(with: "\r\n") { place += 2 } else if byte == 0x0A { place += 1 }
    }

    /// One or two quotes may stand right before the three that close.
    private mutating func closeLong(_ quote: UInt8, _ text: inout [UInt8]) {
        place += 3
        for _ in 0..<2 where byte == quote {
            text.append(quote)
            place += 1
        }
    }

    /// A backslash at the end of a line swallows the white space up to the next character; false for another one.
    private mutating func skipFoldedLines() -> Bool {
        var end = place + 1
        while end < bytes.count, bytes[end] == 0x20 || bytes[end] == 0x09 { end += 1 }
        guard end < bytes.count, bytes[end] == 0x0A || bytes[end] == 0x0D else { return false }
        while end < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[end]) { end += 1 }
        place = end
        return true
    }

    private mutating func takePlain(
        into text: inout [UInt8],
        from start: Int,
        isLong: Bool
    ) throws(DocumentFault) {
        guard let byte else { throw fault("a text without an end", at: start) }
        if isLong, begins(with: "\r\n") {
            text.append(0x0A)
            place += 2
            return
        }
        guard byte == 0x09 || byte >= 0x20 && byte != 0x7F || isLong && byte == 0x0A else {
            throw fault(byte == 0x0A || byte == 0x0D ? "a line end inside a text" : "a control character inside a text")
        }
        text.append(byte)
        place += 1
    }

    private mutating func takeCharacter(
        into text: inout [UInt8],
        from start: Int,
        isLong: Bool
    ) throws(DocumentFault) {
        guard byte == UInt8(ascii: "\\") else { return try takePlain(into: &text, from: start, isLong: isLong) }
        let begin = place
        place += 1
        guard let byte else { throw fault("a text without an end", at: start) }
        place += 1
        switch byte {
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): text.append(byte)
        case UInt8(ascii: "u"): text += try scalar(digits: 4, from: begin)
        case UInt8(ascii: "U"): text += try scalar(digits: 8, from: begin)
        default: throw fault("an escape that TOML does not know", at: begin)
        }
    }

    private mutating func scalar(digits: Int, from begin: Int) throws(DocumentFault) -> [UInt8] {
        let end = min(place + digits, bytes.count)
        let text = bytes[place..<end]
        guard text.count == digits, text.allSatisfy({ TOMLScalar.isDigit($0, base: 16) }),
            let value = UInt32(String(decoding: text, as: UTF8.self), radix: 16), let scalar = Unicode.Scalar(value)
        else { throw fault("an escape that stands for no character", at: begin) }
        place = end
        return Array(String(Character(scalar)).utf8)
    }
}
