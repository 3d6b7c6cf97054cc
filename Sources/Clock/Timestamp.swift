/// A moment as ISO 8601 writes it in UTC: `2026-07-28T12:00:00Z`.
package enum Timestamp {
    /// From the year 0 to 9999, which is as far as four digits go.
    private static let range = -62_167_219_200...253_402_300_799

    /// The nearest moment it can write, where the clock says another.
    package static func text(_ secondsSince1970: Double) -> String {
        let seconds = min(max(Int(clamping: secondsSince1970.rounded(.down)), range.lowerBound), range.upperBound)
        let day = Int((Double(seconds) / 86_400).rounded(.down))
        let time = seconds - day * 86_400
        let (year, month, dayOfMonth) = date(day)
        return "\(padded(year, 4))-\(padded(month))-\(padded(dayOfMonth))"
            + "T\(padded(time / 3600)):\(padded(time / 60 % 60)):\(padded(time % 60))Z"
    }

    /// Years are taken to begin in March, so that a leap day is the last of its year.
    private static func date(_ daysSince1970: Int) -> (year: Int, month: Int, day: Int) {
        // Days since 1 March of the year 0; 400 years have 146,097 days.
        let days = daysSince1970 + 719_468
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthSinceMarch = (5 * dayOfYear + 2) / 153
        let month = monthSinceMarch < 10 ? monthSinceMarch + 3 : monthSinceMarch - 9
        let day = dayOfYear - (153 * monthSinceMarch + 2) / 5 + 1
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func padded(_ number: Int, _ width: Int = 2) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
