import Text

/// A number in a text, with the separators of any country: `-1,200`, `1 200`, `1'200`, `1.200,5`.
///
/// Where a text could mean two numbers, a point begins the fraction and a comma separates thousands.
struct SentNumber: Hashable {
    /// Sign, digits, and a point before the fraction.
    let digits: String
    let value: Double

    /// Nil for what is no number, such as one whose groups are not of three digits.
    init?(_ text: String) {
        guard text.utf8.count <= Self.longest else { return nil }
        var text = text.trimmed[...]
        let sign = text.first.map { Self.minuses.contains($0) } == true ? "-" : ""
        if !sign.isEmpty || text.first == "+" { text = text.dropFirst() }
        guard text.first?.isDigit == true || text.first == ".", text.last?.isDigit == true,
            let digits = Self.isPlain(text) ? String(text) : Self.joined(text),
            let value = Double(sign + digits), value.isFinite
        else { return nil }
        self.digits = sign + digits
        self.value = value
    }

    private static let longest = 40
    private static let minuses: Set<Character> = ["-", "\u{2212}"]

    /// `1200`, `1200.5`, `12e3`.
    private static func isPlain(_ text: Substring) -> Bool {
        text.allSatisfy { $0.isDigit || "eE+-.".contains($0) } && text.count { $0 == "." } <= 1
    }

    private static func joined(_ text: Substring) -> String? {
        var groups = text.split(omittingEmptySubsequences: false) { !$0.isDigit }
        var separators = text.filter { !$0.isDigit }
        var fraction = ""
        if beginsFraction(groups, separators), let last = groups.popLast() {
            separators.removeLast()
            fraction = "." + last
        }
        if let separator = separators.first {
            guard separator.separatesThousands, separators.allSatisfy({ $0 == separator }),
                (1...3).contains(groups[0].count), groups.dropFirst().allSatisfy({ $0.count == 3 })
            else { return nil }
        }
        return groups.joined() + fraction
    }

    /// Whether the last separator does, and does not separate thousands.
    private static func beginsFraction(_ groups: [Substring], _ separators: String) -> Bool {
        guard let last = separators.last, last == "," || last == "." else { return false }
        let others = separators.dropLast()
        guard others.isEmpty else { return !others.contains(last) }
        return groups[1].count != 3 || groups[0].count > 3 || groups[0] == "0"
    }
}

extension Character {
    fileprivate var isDigit: Bool { ("0"..."9").contains(self) }

    /// Points, commas, apostrophes, and blanks of several widths.
    fileprivate var separatesThousands: Bool { ",.'\u{2019}_ \u{A0}\u{202F}\u{2009}".contains(self) }
}
