import Clock
package import JSON
import Text

/// A day, or a moment of one, in whichever form it was sent: as ISO 8601 has it, with the names of months, or counted
/// since 1970 in seconds or less.
package struct SentDate: Hashable, Sendable {
    /// `2026-10-01`, or `2026-10-01T14:05:09` with the zone where it is known.
    package let text: String

    /// Nil for what is no day, such as `0000-00-00`, or could be two, such as `03/04/2026`.
    package init?(_ json: JSON) {
        switch json {
        case .number(let number): self.init(counting: number.text)
        case .string(let text) where (8...Self.longest).contains(text.utf8.count):
            let text = text.trimmed
            if text.utf8.allSatisfy({ $0.isDigit }) {
                self.init(counting: text)
            } else {
                self.init(written: text)
            }
        default: return nil
        }
    }

    private static let longest = 48

    /// Whether a value is worth a closer look, at less cost than one: neither a short number nor a word.
    static func couldBe(_ json: JSON) -> Bool {
        switch json {
        case .number(let number): number.text.utf8.count >= 8 || number.text == "0"
        case .string(let text):
            text.utf8.count <= longest
                && (text.utf8.first?.isDigit == true || text.utf8.count >= 8 && text.utf8.contains { $0.isDigit })
        default: false
        }
    }

    /// Whether a value stands for no date at all: `0`, `0000-00-00 00:00:00`.
    package static func isNone(_ json: JSON) -> Bool {
        guard let text = json.plainText, text.utf8.count <= longest else { return false }
        return text.contains("0") && text.allSatisfy { $0 == "0" || "-/.: TZ".contains($0) }
    }
}

extension SentDate {
    /// `20261001`, or seconds, milliseconds, or microseconds since 1970; which of them its length shows.
    private init?(counting digits: String) {
        let whole = digits.prefix { $0 != "." }
        guard let count = Int(whole), count > 0 else { return nil }
        switch whole.utf8.count {
        case 8:
            guard let day = Day(count / 10_000, count / 100 % 100, count % 100) else { return nil }
            text = day.text
        case 9...11: text = Self.moment(Double(count))
        case 12...14: text = Self.moment(Double(count / 1000))
        case 15...17: text = Self.moment(Double(count / 1_000_000))
        default: return nil
        }
    }

    /// Midnight is said by the day alone.
    private static func moment(_ seconds: Double) -> String {
        let text = Timestamp.text(seconds)
        return text.hasSuffix("T00:00:00Z") ? String(text.prefix(10)) : text
    }
}

extension SentDate {
    /// `2026-10-01 14:05:09.0`, `01-Oct-2026`, `Oct 1, 2026 2:05 PM`, `Thu Oct 01 14:05:09 UTC 2026`, `13/10/2026`.
    private init?(written text: String) {
        var time: TimeOfDay?
        var day = text
        if let colon = text.firstIndex(of: ":") {
            let start = text[..<colon].lastIndex { !$0.isASCIIDigit }.map { text.index(after: $0) } ?? text.startIndex
            let end = text[start...].firstIndex { !$0.isASCIIDigit && $0 != ":" && $0 != "." } ?? text.endIndex
            var rest = text[end...]
            let before = text[..<start]
            let isStamp = before.last == "T"
            guard let read = TimeOfDay(text[start..<end], before: &rest, isStamp: isStamp) else { return nil }
            time = read
            day = "\(isStamp ? before.dropLast() : before) \(rest)"
        }
        guard let day = Day(written: day) else { return nil }
        self.text = day.text + (time.map { $0.text } ?? "")
    }
}

/// A day that the calendar has, from the year 1000 on.
private struct Day {
    let text: String

    init?(_ year: Int, _ month: Int, _ day: Int) {
        guard (1000...9999).contains(year), (1...12).contains(month), day > 0, day <= Self.days(in: month, of: year)
        else { return nil }
        text = "\(year)-\(twoDigits(month))-\(twoDigits(day))"
    }

    init?(written text: String) {
        var parts = text.split { !$0.isASCIIDigit && !$0.isLetter }
        if let first = parts.first, first.isName(of: Self.weekdays) { parts.removeFirst() }
        guard parts.count == 3, let order = Self.order(parts, isPointed: text.contains(".")) else { return nil }
        self.init(order.year, order.month, order.day)
    }

    private static func order(_ parts: [Substring], isPointed: Bool) -> (year: Int, month: Int, day: Int)? {
        if let place = parts.firstIndex(where: { $0.isName(of: months) }),
            let month = months.firstIndex(of: parts[place].prefix(3).lowercased())
        {
            let others = parts.indices.filter { $0 != place }.map { parts[$0].ordinal }
            guard let year = others.first(where: { $0.count == 4 }).flatMap({ Int($0) }),
                let day = others.first(where: { $0.count <= 2 }).flatMap({ Int($0) })
            else { return nil }
            return (year, month + 1, day)
        }
        let numbers = parts.compactMap { Int($0) }
        guard numbers.count == 3 else { return nil }
        if parts[0].count == 4 { return (numbers[0], numbers[1], numbers[2]) }
        guard parts[2].count == 4 else { return nil }
        // Which of the two is the day shows by its size, or by the points of the countries that begin with it.
        if isPointed || numbers[0] > 12 || numbers[0] == numbers[1] { return (numbers[2], numbers[1], numbers[0]) }
        return numbers[1] > 12 ? (numbers[2], numbers[0], numbers[1]) : nil
    }

    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    private static let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && year % 100 != 0 || year % 400 == 0 ? 29 : 28
        default: 31
        }
    }
}

/// `T14:05:09` and a zone; empty at midnight, which databases write behind a day that has no time.
private struct TimeOfDay {
    let text: String

    /// Takes what belongs to the time from the beginning of `rest`: whether it is before noon, and the zone.
    init?(_ text: Substring, before rest: inout Substring, isStamp: Bool) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3, var hour = Int(parts[0]), let minute = Int(parts[1]),
            let second = parts.count == 3 ? Int(parts[2].prefix { $0 != "." }) : 0
        else { return nil }
        rest = rest.drop { $0 == " " }
        let half = rest.prefix(2).lowercased()
        if half == "am" || half == "pm" {
            guard (1...12).contains(hour) else { return nil }
            hour = hour % 12 + (half == "pm" ? 12 : 0)
            rest = rest.dropFirst(2).drop { $0 == " " }
        }
        guard (0..<24).contains(hour), (0..<60).contains(minute), (0...60).contains(second) else { return nil }
        let zone = Self.zone(&rest)
        let time = "T\(twoDigits(hour)):\(twoDigits(minute)):\(twoDigits(second))"
        self.text = !isStamp && zone.isEmpty && time == "T00:00:00" ? "" : time + zone
    }

    /// `Z`, `UTC`, `GMT`, `+02:00`, `+0200`; a letter of another zone is left, so that the whole is not read wrongly.
    private static func zone(_ rest: inout Substring) -> String {
        for name in ["UTC", "GMT", "Z"] where rest.uppercased().hasPrefix(name) {
            rest = rest.dropFirst(name.count)
            return rest.first == "+" || rest.first == "-" ? zone(&rest) : "Z"
        }
        guard let sign = rest.first, sign == "+" || sign == "-" else { return "" }
        let digits = rest.dropFirst().prefix { $0.isASCIIDigit || $0 == ":" }.filter { $0 != ":" }
        guard digits.count == 4 else { return "" }
        rest = rest.dropFirst().drop { $0.isASCIIDigit || $0 == ":" }
        return digits == "0000" ? "Z" : "\(sign)\(digits.prefix(2)):\(digits.suffix(2))"
    }
}

private func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }

extension Character {
    fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}

extension Substring {
    /// Whether it is one of these names of three letters, or a longer form of it.
    fileprivate func isName(of names: [String]) -> Bool { count >= 3 && names.contains(prefix(3).lowercased()) }

    /// Without the letters of `1st`, `2nd`.
    fileprivate var ordinal: Substring {
        let digits = prefix { $0.isASCIIDigit }
        return ["", "st", "nd", "rd", "th"].contains(self[digits.endIndex...].lowercased()) ? digits : ""
    }
}
