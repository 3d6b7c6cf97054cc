extension JSON {
    /// How much of a text the parser takes; the rest is refused, so that no input exhausts the stack or the memory.
    package struct Limits: Hashable, Sendable {
        /// Levels of nesting.
        package var depth: Int
        /// Values of every kind, inner ones among them: one of them can take 200 bytes of memory and only 2 of the text.
        package var values: Int

        package init(depth: Int = 512, values: Int = .max) {
            self.depth = depth
            self.values = values
        }
    }

    /// Reads one JSON text by RFC 8259, strictly: no comments, no trailing commas, valid UTF-8.
    ///
    /// An escape that is half a surrogate pair, which JSON allows and no UTF-8 text can hold, is read as U+FFFD.
    package init(parsing bytes: [UInt8], within limits: Limits = Limits()) throws(JSONSyntaxError) {
        // `Result` carries the typed error through a closure that is `rethrows`.
        let outcome = bytes.withUnsafeBufferPointer { buffer in
            Result { () throws(JSONSyntaxError) in try JSON(parsing: buffer, within: limits) }
        }
        self = try outcome.get()
    }

    package init(parsing text: String) throws(JSONSyntaxError) { try self.init(parsing: Array(text.utf8)) }

    package init(
        parsing bytes: UnsafeBufferPointer<UInt8>,
        within limits: Limits = Limits()
    ) throws(JSONSyntaxError) {
        var parser = JSONParser(bytes: bytes, limits: limits)
        self = try parser.document()
    }
}

private struct JSONParser {
    let bytes: UnsafeBufferPointer<UInt8>
    let limits: JSON.Limits
    var position = 0
    /// How many more values are taken.
    var valuesLeft: Int
    /// Whether all plain text passed since this was last set was ASCII.
    var isASCII = true
    /// The text of a string with escapes while it is put together, kept for its memory.
    var unescaped: [UInt8] = []

    init(bytes: UnsafeBufferPointer<UInt8>, limits: JSON.Limits) {
        self.bytes = bytes
        self.limits = limits
        valuesLeft = limits.values
    }

    mutating func document() throws(JSONSyntaxError) -> JSON {
        let value = try value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw unexpected("the end of the text") }
        return value
    }

    private mutating func value(depth: Int) throws(JSONSyntaxError) -> JSON {
        skipSpace()
        guard valuesLeft > 0 else { throw tooMuch("more than \(limits.values) values") }
        valuesLeft -= 1
        switch current {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"): return .object(try object(depth: depth))
        case UInt8(ascii: "["): return .array(try array(depth: depth))
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): return .number(try number())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: throw unexpected("a value")
        }
    }

    private mutating func object(depth: Int) throws(JSONSyntaxError) -> JSONObject {
        try enter(depth)
        if taken(UInt8(ascii: "}")) { return JSONObject() }
        var members: [JSONObject.Member] = []
        members.reserveCapacity(Self.usualCount)
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
        if taken(UInt8(ascii: "]")) { return [] }
        var items: [JSON] = []
        items.reserveCapacity(Self.usualCount)
        repeat { items.append(try value(depth: depth + 1)) } while taken(UInt8(ascii: ","))
        guard taken(UInt8(ascii: "]")) else { throw unexpected("`,` or `]`") }
        return items
    }

    /// Room that most objects and lists make use of: growing from nothing costs more than it saves.
    private static let usualCount = 4

    private mutating func enter(_ depth: Int) throws(JSONSyntaxError) {
        guard depth < limits.depth else { throw tooMuch("more than \(limits.depth) levels of nesting") }
        position += 1
    }

    private mutating func word(_ word: StaticString, _ value: JSON) throws(JSONSyntaxError) -> JSON {
        let start = position
        for index in 0..<word.utf8CodeUnitCount {
            guard current == word.utf8Start[index] else {
                position = start
                throw unexpected("a value")
            }
            position += 1
        }
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
        if current | 0x20 == UInt8(ascii: "e") {
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        return JSONNumber(checked: String(decoding: bytes[start..<position], as: UTF8.self))
    }

    private mutating func digits() throws(JSONSyntaxError) {
        let start = position
        while current >= UInt8(ascii: "0"), current <= UInt8(ascii: "9") { position += 1 }
        guard position > start else { throw unexpected("a digit") }
    }
}

// MARK: - Strings

extension JSONParser {
    private mutating func string() throws(JSONSyntaxError) -> String {
        let start = position
        position += 1
        isASCII = true
        skipPlainText()
        if current == UInt8(ascii: "\"") {
            // Most strings hold no escape and need no second buffer.
            position += 1
            return try text(of: bytes[(start + 1)..<(position - 1)], from: start)
        }
        unescaped.removeAll(keepingCapacity: true)
        unescaped.append(contentsOf: bytes[(start + 1)..<position])
        while current != UInt8(ascii: "\"") {
            guard position < bytes.count else { throw unexpected("`\"`") }
            guard current == UInt8(ascii: "\\") else { throw error("a control character inside a text") }
            try escape()
            let plain = position
            skipPlainText()
            unescaped.append(contentsOf: bytes[plain..<position])
        }
        position += 1
        return try text(of: unescaped, from: start)
    }

    /// Escapes yield whole characters, so that only plain text beyond ASCII can be wrong.
    private mutating func text(of bytes: some Collection<UInt8>, from start: Int) throws(JSONSyntaxError) -> String {
        if isASCII { return String(decoding: bytes, as: UTF8.self) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            position = start
            throw error("a text that is not UTF-8")
        }
        return text
    }

    /// Moves to the next quote, backslash or control character.
    private mutating func skipPlainText() {
        var high: UInt64 = 0
        position = PlainText.end(in: bytes, from: position, high: &high)
        if high != 0 { isASCII = false }
    }

    private mutating func escape() throws(JSONSyntaxError) {
        position += 1
        let byte = current
        guard position < bytes.count else { throw unexpected("an escape") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): unescaped.append(byte)
        case UInt8(ascii: "b"): unescaped.append(0x08)
        case UInt8(ascii: "f"): unescaped.append(0x0C)
        case UInt8(ascii: "n"): unescaped.append(0x0A)
        case UInt8(ascii: "r"): unescaped.append(0x0D)
        case UInt8(ascii: "t"): unescaped.append(0x09)
        case UInt8(ascii: "u"): unescaped.append(contentsOf: try scalar().utf8)
        default:
            position -= 2
            throw error("an unknown escape")
        }
    }

    /// The character of `\uXXXX`, or of a surrogate pair.
    private mutating func scalar() throws(JSONSyntaxError) -> Unicode.Scalar {
        let first = try codeUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        let end = position
        if UTF16.isLeadSurrogate(first), current == UInt8(ascii: "\\") {
            position += 1
            if current == UInt8(ascii: "u") {
                position += 1
                let second = try codeUnit()
                let pair = 0x10000 + (UInt32(first) & 0x3FF) << 10 + UInt32(second) & 0x3FF
                if UTF16.isTrailSurrogate(second), let scalar = Unicode.Scalar(pair) { return scalar }
            }
        }
        // What follows stands for itself.
        position = end
        return "\u{FFFD}"
    }

    private mutating func codeUnit() throws(JSONSyntaxError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            let digit: UInt8
            switch current {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = current - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = current - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = current - UInt8(ascii: "A") + 10
            default: throw unexpected("four hexadecimal digits")
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }
}

// MARK: - Bytes

extension JSONParser {
    /// The byte at hand; 0 at the end, where nothing uses it.
    private var current: UInt8 { position < bytes.count ? bytes[position] : 0 }

    private mutating func skipSpace() {
        while current <= 0x20, current == 0x20 || current == 0x0A || current == 0x0D || current == 0x09 {
            position += 1
        }
    }

    private mutating func taken(_ byte: UInt8) -> Bool {
        skipSpace()
        guard current == byte else { return false }
        position += 1
        return true
    }

    private func error(_ problem: String) -> JSONSyntaxError { JSONSyntaxError(problem, at: position, in: bytes) }

    private func tooMuch(_ problem: String) -> JSONSyntaxError {
        JSONSyntaxError(problem, at: position, in: bytes, isOverLimit: true)
    }

    private func unexpected(_ wanted: String) -> JSONSyntaxError {
        guard position < bytes.count else { return error("expected \(wanted), found the end") }
        let isPrintable = current > 0x20 && current < 0x7F
        let found = isPrintable ? "`\(Character(Unicode.Scalar(current)))`" : "byte 0x" + String(current, radix: 16)
        return error("expected \(wanted), found \(found)")
    }
}
