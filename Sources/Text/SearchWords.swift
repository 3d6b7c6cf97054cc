/// The words of a question that say what it is about, found in a text whatever their case, accents and endings are.
package struct SearchWords: Hashable, Sendable {
    private let words: [Word]

    /// Without the small words that every text has, unless there are no others.
    package init(_ question: String) {
        let all = Self.words(of: question)
        let telling = all.filter { !Self.small.contains(String(decoding: $0, as: UTF8.self)) }
        var seen: Set<Word> = []
        words = (telling.isEmpty ? all : telling).flatMap { Word.all(in: $0) }.filter { seen.insert($0).inserted }
    }

    package var isEmpty: Bool { words.isEmpty }

    /// Which of them `text` has, by number.
    package func found(in text: String) -> Set<Int> {
        guard !words.isEmpty else { return [] }
        var found: Set<Int> = []
        for candidate in Self.words(of: text) {
            for (number, word) in words.enumerated() where word.matches(candidate) { found.insert(number) }
        }
        return found
    }

    /// Letters and digits that stand together, folded.
    private static func words(of text: String) -> [[UInt8]] {
        var words: [[UInt8]] = []
        var word: [UInt8] = []
        for scalar in text.unicodeScalars {
            if append(scalar, to: &word) { continue }
            if !word.isEmpty { words.append(word) }
            word.removeAll(keepingCapacity: true)
        }
        return word.isEmpty ? words : words + [word]
    }

    /// False for what ends a word.
    private static func append(_ scalar: Unicode.Scalar, to word: inout [UInt8]) -> Bool {
        switch scalar.value {
        case 0x30...0x39, 0x61...0x7A: word.append(UInt8(scalar.value))
        case 0x41...0x5A: word.append(UInt8(scalar.value) | 0x20)
        case 0..<0x80: return false
        case 0xDF: word += "ss".utf8
        default:
            let properties = scalar.properties
            if properties.generalCategory == .nonspacingMark { return true }
            guard properties.isAlphabetic || properties.numericType != nil else { return false }
            word += base(of: properties.lowercaseMapping).utf8
        }
        return true
    }

    /// `e` for `é`: Unicode names the letter that the accent is on.
    private static func base(of letter: String) -> String {
        let start = "LATIN SMALL LETTER "
        guard let name = letter.unicodeScalars.first?.properties.name, name.hasPrefix(start) else { return letter }
        let base = name.dropFirst(start.count).prefix { $0 != " " }
        return base.count <= 2 ? base.lowercased() : letter
    }

    private static let small = Set(
        """
        a an and any are as at be been by can could did do does for from had has have how i if in is it its many may me \
        much must my of on or our shall should so such than that the their them then there these they this to us was we \
        were what when where which who whom whose why will with would you your \
        auf das dem den der des die ein eine einen einer für im in ist mit sind und von was wer wie wir wo zu \
        dans de des du est et la le les pour que qui un une
        """.split(separator: " ").map { String($0) }
    )
}

/// A word to be found: by its beginning where it is long enough to have an ending.
private struct Word: Hashable {
    let stem: [UInt8]
    private let mostMore: Int
    private let isPart: Bool

    /// Where a script writes no spaces, two letters at a time; else one word.
    static func all(in word: [UInt8]) -> [Word] {
        let scalars = Array(String(decoding: word, as: UTF8.self).unicodeScalars)
        guard scalars.contains(where: { isUnspaced($0) }) else { return [Word(word)] }
        guard scalars.count > 2 else { return [Word(part: word)] }
        return zip(scalars, scalars.dropFirst()).map { Word(part: Array("\($0)\($1)".utf8)) }
    }

    private init(_ word: [UInt8]) {
        let ending = Self.endings.first {
            word.count - $0.count >= Self.shortestStem && word.suffix($0.count) == $0[...]
        }
        stem = Array(word.dropLast(ending?.count ?? 0))
        mostMore = stem.count >= Self.shortestStem ? Self.longestEnding : 0
        isPart = false
    }

    private init(part: [UInt8]) {
        (stem, mostMore, isPart) = (part, 0, true)
    }

    func matches(_ word: [UInt8]) -> Bool {
        guard !isPart else { return String(decoding: word, as: UTF8.self).holds(String(decoding: stem, as: UTF8.self)) }
        let more = word.count - stem.count
        guard more >= 0, word.starts(with: stem) else { return false }
        return more <= mostMore || more == 1 && word.last == UInt8(ascii: "s")
    }

    private static let shortestStem = 4
    private static let longestEnding = 5

    private static let endings = [
        "ungen", "ings", "ions", "ing", "ion", "ung", "ies", "ers", "ed", "er", "en", "es", "y", "e", "s",
    ].map { Array($0.utf8) }

    /// Thai, and all from the radicals of Chinese on.
    private static func isUnspaced(_ scalar: Unicode.Scalar) -> Bool {
        (0x0E00...0x0E7F).contains(scalar.value) || scalar.value >= 0x2E80
    }
}
