extension JSON {
    /// The deepest nesting the parser follows; more is refused, so that no input can exhaust the stack.
    package static let depthLimit = 512

    /// Reads one JSON text by RFC 8259, strictly: no comments, no trailing commas, valid UTF-8.
    package init(parsing bytes: [UInt8]) throws(JSONSyntaxError) {
        // `Result` carries the typed error through a closure that is `rethrows`.
        let outcome = bytes.withUnsafeBufferPointer { buffer in
            Result { () throws(JSONSyntaxError) in try JSON(parsing: buffer) }
        }
        self = try outcome.get()
    }

    package init(parsing text: String) throws(JSONSyntaxError) { try self.init(parsing: Array(text.utf8)) }

    package init(parsing bytes: UnsafeBufferPointer<UInt8>) throws(JSONSyntaxError) {
        var parser = JSONParser(bytes: bytes)
        self = try parser.document()
    }
}

private struct JSONParser {
    let bytes: UnsafeBufferPointer<UInt8>
    var position = 0

    init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    mutating func document() throws(JSONSyntaxError) -> JSON {
        let value = try value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw unexpected("the end of the text") }
        return value
    }

    private mutating func value(depth: Int) throws(JSONSyntaxError) -> JSON {
        skipSpace()
        switch current {
        case UInt8(ascii: "{"): return .object(try object(depth: depth))
        case UInt8(ascii: "["): return .array(try array(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"): return .number(try number())
        case let byte? where (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte): return .number(try number())
        default: throw unexpected("a value")
        }
    }

    private mutating func object(depth: Int) throws(JSONSyntaxError) -> JSONObject {
        try enter(depth)
        var members: [JSONObject.Member] = []
        if taken(UInt8(ascii: "}")) { return JSONObject() }
        repeat {
            skipSpace()
            guard current == UInt8(ascii: "\"") else { throw unexpected("a member's name") }
            let name = try string()
            guard taken(UInt8(ascii: ":")) else { throw unexpected("`:`") }
            members.append(JSONObject.Member(name, try value(depth: depth + 1)))
        } while taken(UInt8(ascii: ","))
        guard taken(UInt8(ascii: "}")) else { throw unexpected("`,` or `}`") }
        return JSONObject(members)
    }

    private mutating func array(depth: Int) throws(JSONSyntaxError) -> [JSON] {
        try enter(depth)
        var items: [JSON] = []
        if taken(UInt8(ascii: "]")) { return items }
        repeat { items.append(try value(depth: depth + 1)) } while taken(UInt8(ascii: ","))
        guard taken(UInt8(ascii: "]")) else { throw unexpected("`,` or `]`") }
        return items
    }

    private mutating func enter(_ depth: Int) throws(JSONSyntaxError) {
        guard depth < JSON.depthLimit else { throw error("more than \(JSON.depthLimit) levels of nesting") }
        position += 1
    }

    private mutating func word(_ word: StaticString, _ value: JSON) throws(JSONSyntaxError) -> JSON {
        let length = word.utf8CodeUnitCount
        guard position + length <= bytes.count,
            (0..<length).allSatisfy({ bytes[position + $0] == word.utf8Start[$0] })
        else { throw unexpected("a value") }
        position += length
        return value
    }

    private mutating func number() throws(JSONSyntaxError) -> JSONNumber {
        let start = position
        if current == UInt8(ascii: "-") { position += 1 }
        if current == UInt8(ascii: "0") { position += 1 } else { try digits() }
        if current == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        return JSONNumber(checked: String(decoding: bytes[start..<position], as: UTF8.self))
    }

    private mutating func digits() throws(JSONSyntaxError) {
        let start = position
        while let byte = current, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
        guard position > start else { throw unexpected("a digit") }
    }
}

// MARK: - Strings

extension JSONParser {
    private mutating func string() throws(JSONSyntaxError) -> String {
        position += 1
        let start = position
        skipPlainText()
        // Most strings hold no escape: one check of their UTF-8, one copy.
        if current == UInt8(ascii: "\"") {
            defer { position += 1 }
            return try text(bytes[start..<position])
        }
        var unescaped = Array(bytes[start..<position])
        while true {
            switch current {
            case UInt8(ascii: "\""):
                position += 1
                return try unescaped.withUnsafeBufferPointer { buffer in
                    Result { () throws(JSONSyntaxError) in try text(buffer[...]) }
                }.get()
            case UInt8(ascii: "\\"): try escape(into: &unescaped)
            case nil: throw unexpected("`\"`")
            default: throw error("a control character inside a text")
            }
            let plain = position
            skipPlainText()
            unescaped.append(contentsOf: bytes[plain..<position])
        }
    }

    private func text(_ slice: Slice<UnsafeBufferPointer<UInt8>>) throws(JSONSyntaxError) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else { throw error("a text that is not UTF-8") }
        return text
    }

    /// Moves to the next quote, backslash or control character, eight bytes at a time.
    private mutating func skipPlainText() {
        while position + 8 <= bytes.count {
            let base = UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped)
            let word = base.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            if Self.holdsSpecialByte(word) { break }
            position += 8
        }
        while let byte = current, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { position += 1 }
    }

    /// True when one of the eight bytes ends plain text; may say true once too often, never false.
    private static func holdsSpecialByte(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        let quote = word ^ (ones &* 0x22)
        let backslash = word ^ (ones &* 0x5C)
        let found = (quote &- ones) & ~quote | (backslash &- ones) & ~backslash | (word &- ones &* 0x20) & ~word
        return found & tops != 0
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONSyntaxError) {
        position += 1
        guard let byte = current else { throw unexpected("an escape") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text.append(contentsOf: String(Character(try scalar())).utf8)
        default: throw error("an unknown escape")
        }
    }

    /// The character of `\uXXXX`, or of a surrogate pair; half a pair is refused, as no UTF-8 text can hold it.
    private mutating func scalar() throws(JSONSyntaxError) -> Unicode.Scalar {
        let first = try codeUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard UTF16.isLeadSurrogate(first), current == UInt8(ascii: "\\") else { throw error("half a surrogate pair") }
        position += 1
        guard current == UInt8(ascii: "u") else { throw error("half a surrogate pair") }
        position += 1
        let second = try codeUnit()
        guard UTF16.isTrailSurrogate(second) else { throw error("half a surrogate pair") }
        let high = UInt32(first) - 0xD800
        let low = UInt32(second) - 0xDC00
        guard let scalar = Unicode.Scalar(0x10000 + high << 10 + low) else { throw error("half a surrogate pair") }
        return scalar
    }

    private mutating func codeUnit() throws(JSONSyntaxError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw unexpected("four hexadecimal digits")
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }
}

// MARK: - Bytes

extension JSONParser {
    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func taken(_ byte: UInt8) -> Bool {
        skipSpace()
        guard current == byte else { return false }
        position += 1
        return true
    }

    private func error(_ problem: String) -> JSONSyntaxError { JSONSyntaxError(problem, at: position, in: bytes) }

    private func unexpected(_ wanted: String) -> JSONSyntaxError {
        guard let byte = current else { return error("expected \(wanted), found the end") }
        let printable = byte > 0x20 && byte < 0x7F
        let found = printable ? "`\(Character(Unicode.Scalar(byte)))`" : "byte 0x" + String(byte, radix: 16)
        return error("expected \(wanted), found \(found)")
    }
}
