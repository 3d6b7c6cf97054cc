import Clock

/// A moment as HTTP writes it, `Sun, 06 Nov 1994 08:49:37 GMT`, in seconds since 1970.
///
/// Only this form is read; the two that RFC 9110 §5.6.7 calls obsolete are not.
package enum HTTPDate {
    package static func seconds(_ text: String) -> Double? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, weekdays.contains(String(parts[0])), parts[5] == "GMT",
            let day = number(parts[1], digits: 2), let month = months.firstIndex(of: String(parts[2])),
            let year = number(parts[3], digits: 4), let time = secondsOfDay(parts[4]), (1...31).contains(day)
        else { return nil }
        return Double(days(year: year, month: month + 1, day: day) * 86_400 + time)
    }

    private static func secondsOfDay(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let hour = number(parts[0], digits: 2), let minute = number(parts[1], digits: 2),
            let second = number(parts[2], digits: 2), hour < 24, minute < 60, second <= 60
        else { return nil }
        return hour * 3600 + minute * 60 + second
    }

    private static func number(_ text: Substring, digits: Int) -> Int? {
        guard text.utf8.count == digits, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(text)
    }

    /// Days since 1 January 1970; the year is taken to begin in March, so that a leap day is its last.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        let year = month > 2 ? year : year - 1
        let monthSinceMarch = (month + 9) % 12
        let leapDays = year / 4 - year / 100 + year / 400
        return year * 365 + leapDays + (monthSinceMarch * 153 + 2) / 5 + day - 1 - 719_468
    }

    private static let weekdays = ["Mon,", "Tue,", "Wed,", "Thu,", "Fri,", "Sat,", "Sun,"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}

extension HTTPResponse {
    /// How many seconds the server asks to wait (`Retry-After`), or nil when the field is missing or unreadable.
    ///
    package var retryAfterSeconds: Double? { retryAfterSeconds(at: SystemClock.secondsSince1970()) }

    /// A date is compared with the answer's own `Date`, so that the two machines' clocks need not agree, and with `now`
    /// where it is missing.
    package func retryAfterSeconds(at now: @autoclosure () -> Double) -> Double? {
        guard let text = fields["Retry-After"]?.filter({ $0 != "\t" }) else { return nil }
        let trimmed = text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
        if trimmed.allSatisfy({ $0.isASCII && $0.isNumber }), let seconds = Double(String(trimmed)) { return seconds }
        guard let then = HTTPDate.seconds(String(trimmed)) else { return nil }
        return max(then - (fields["Date"].flatMap(HTTPDate.seconds) ?? now()), 0)
    }
}
