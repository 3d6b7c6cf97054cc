/// Values of TOML that are neither texts nor made of others: truth values, numbers, dates and times.
enum TOMLScalar {
    static func isKnown(_ text: [UInt8]) -> Bool {
        let words = ["true", "false", "inf", "+inf", "-inf", "nan", "+nan", "-nan"]
        if words.contains(where: { text == Array($0.utf8) }) { return true }
        return isNumber(text) || isMoment(text)
    }

    static func isDigit(_ byte: UInt8, base: Int = 10) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - 48) < base
        case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): base == 16
        default: false
        }
    }

    /// Digits with single underscores between them.
    private static func areDigits(_ text: ArraySlice<UInt8>, base: Int = 10) -> Bool {
        text.split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && part.allSatisfy { isDigit($0, base: base) }
        }
    }

    private static func isNumber(_ text: [UInt8]) -> Bool {
        for (prefix, base) in [("0x", 16), ("0o", 8), ("0b", 2)] where text.starts(with: prefix.utf8) {
            return areDigits(text.dropFirst(2), base: base)
        }
        var rest = text[...]
        if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { rest.removeFirst() }
        let end = rest.firstIndex { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") } ?? rest.endIndex
        let whole = rest[..<end]
        guard areDigits(whole), whole.count == 1 || whole.first != UInt8(ascii: "0") else { return false }
        rest = rest[end...]
        if rest.first == UInt8(ascii: ".") {
            let exponent = rest.firstIndex { $0 | 0x20 == UInt8(ascii: "e") } ?? rest.endIndex
            guard areDigits(rest[..<exponent].dropFirst()) else { return false }
            rest = rest[exponent...]
        }
        guard !rest.isEmpty else { return true }
        rest.removeFirst()
        if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { rest.removeFirst() }
        return areDigits(rest)
    }

    /// A date, a time, or both with or without an offset (RFC 3339).
    private static func isMoment(_ text: [UInt8]) -> Bool {
        guard text.count >= 10, matches(text[..<10], "0000-00-00") else { return isTime(text[...]) }
        guard isDate(text) else { return false }
        if text.count == 10 { return true }
        guard text[10] == 0x20 || text[10] | 0x20 == UInt8(ascii: "t") else { return false }
        var time = text[11...]
        if let last = time.last, last | 0x20 == UInt8(ascii: "z") {
            time.removeLast()
        } else if time.count > 8, matches(time.suffix(6), "+00:00") || matches(time.suffix(6), "-00:00") {
            let offset = Array(time.suffix(5))
            guard number(offset[..<2]) < 24, number(offset[3...]) < 60 else { return false }
            time.removeLast(6)
        }
        return isTime(time)
    }

    private static func isDate(_ text: [UInt8]) -> Bool {
        let (year, month, day) = (number(text[..<4]), number(text[5..<7]), number(text[8..<10]))
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return year > 0 && (1...12).contains(month) && (1...days[month - 1]).contains(day)
    }

    private static func isTime(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.count >= 8, matches(text.prefix(8), "00:00:00") else { return false }
        let parts = Array(text.prefix(8))
        guard number(parts[..<2]) < 24, number(parts[3..<5]) < 60, number(parts[6...]) < 60 else { return false }
        let fraction = text.dropFirst(8)
        guard let point = fraction.first else { return true }
        let digits = fraction.dropFirst()
        return point == UInt8(ascii: ".") && !digits.isEmpty && digits.allSatisfy { isDigit($0) }
    }

    /// A 0 in the pattern stands for a digit, everything else for itself.
    private static func matches(_ text: ArraySlice<UInt8>, _ pattern: String) -> Bool {
        text.count == pattern.utf8.count
            && zip(text, pattern.utf8).allSatisfy { $1 == UInt8(ascii: "0") ? isDigit($0) : $0 == $1 }
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int { digits.reduce(0) { $0 * 10 + Int($1) - 48 } }
}
