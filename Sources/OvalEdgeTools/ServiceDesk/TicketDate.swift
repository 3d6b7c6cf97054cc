/// A day, or a day and a time, in one of the forms that tickets take.
struct TicketDate: Hashable {
    /// As it is sent: a day as it was given, a time in the product's own form.
    let text: String

    /// Takes `2026/12/31`, `2026-12-31`, `31-12-2026` and `31/12/2026`, each also with `17:00` or `17:00:00` after it.
    init?(_ text: String) {
        let parts = text.split(maxSplits: 1) { $0 == " " || $0 == "T" }
        guard let first = parts.first, let day = Self.day(first) else { return nil }
        guard parts.count == 2 else {
            self.text = text
            return
        }
        guard let time = Self.time(parts[1]) else { return nil }
        self.text = "\(day) \(time)"
    }

    private static func day(_ text: Substring) -> String? {
        for separator: Character in ["/", "-"] {
            let parts = text.split(separator: separator, omittingEmptySubsequences: false)
            guard parts.count == 3, let numbers = numbers(parts) else { continue }
            let isYearFirst = parts[0].count == 4
            let (year, day) = isYearFirst ? (numbers[0], numbers[2]) : (numbers[2], numbers[0])
            guard (isYearFirst ? parts[0] : parts[2]).count == 4, (1...12).contains(numbers[1]),
                (1...CalendarDate.days(in: numbers[1], of: year)).contains(day)
            else { return nil }
            return "\(year)/\(twoDigits(numbers[1]))/\(twoDigits(day))"
        }
        return nil
    }

    private static func time(_ text: Substring) -> String? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3, let numbers = numbers(parts), parts.allSatisfy({ $0.count == 2 }),
            numbers[0] < 24, numbers.dropFirst().allSatisfy({ $0 < 60 })
        else { return nil }
        return (numbers + [0]).prefix(3).map { twoDigits($0) }.joined(separator: ":")
    }

    /// Nil when one of them is more than digits.
    private static func numbers(_ parts: [Substring]) -> [Int]? {
        let numbers = parts.compactMap { part in
            part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(part) : nil
        }
        return numbers.count == parts.count ? numbers : nil
    }

    private static func twoDigits(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
}
