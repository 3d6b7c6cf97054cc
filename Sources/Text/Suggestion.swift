/// The known name that a mistyped one most likely means.
package enum Suggestion {
    /// More bytes are no slip of the pen, and comparing them would take as long as its sender likes.
    package static let longestWord = 256

    /// Nil when nothing is near enough to be worth a guess.
    package static func nearest(to word: String, among known: [String]) -> String? {
        guard word.utf8.count <= longestWord else { return nil }
        let wanted = letters(of: word)
        guard !wanted.isEmpty else { return nil }
        var best: (name: String, rank: Int)?
        for name in known where name.utf8.count <= longestWord {
            guard let rank = rank(of: letters(of: name), for: wanted) else { continue }
            if rank < best?.rank ?? .max { best = (name, rank) }
        }
        return best?.name
    }

    /// What stays of a name when case, spaces, underscores and hyphens do not count.
    package static func folded(_ name: String) -> String { String(decoding: letters(of: name), as: UTF8.self) }

    /// Whether two names are the same once folded; it builds nothing, because every argument of every call asks.
    package static func isSame(_ a: String, _ b: String) -> Bool {
        var (first, second) = (a.utf8.makeIterator(), b.utf8.makeIterator())
        while let letter = next(&first) {
            let other = next(&second)
            // Beyond ASCII a letter and its capital may differ in length.
            if letter > 0x7F || other ?? 0 > 0x7F { return folded(a) == folded(b) }
            guard letter == other else { return false }
        }
        return next(&second) == nil
    }

    private static func next(_ letters: inout String.UTF8View.Iterator) -> UInt8? {
        while let letter = letters.next() {
            if !isSeparator(letter) { return lowercased(letter) }
        }
        return nil
    }

    /// By way of capitals, because `ß` has two of them, and a Greek word ends in a letter of its own.
    private static func letters(of name: String) -> [UInt8] {
        let isASCII = name.utf8.allSatisfy { $0 < 0x80 }
        return (isASCII ? name : name.lowercased().uppercased()).lowercased().utf8.filter { !isSeparator($0) }
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: " ")
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    /// Less is nearer: names that go on where the word ends first, then slips of the pen, then names that hold the word,
    /// as `oetable` holds `tabel`.
    private static func rank(of name: [UInt8], for wanted: [UInt8]) -> Int? {
        if wanted.count >= 4 && name.starts(with: wanted) { return min(name.count - wanted.count, 99) }
        let slips = distance(from: wanted, to: name)
        if slips <= max(1, max(wanted.count, name.count) / 3), slips < wanted.count { return slips * 100 }
        guard wanted.count >= 4 else { return nil }
        let slipsInside = distance(from: wanted, to: name, anywhereInside: true)
        guard slipsInside <= wanted.count / 5 else { return nil }
        return slipsInside * 100 + 100 + max(0, name.count - wanted.count)
    }

    /// How many letters to add, drop, change or swap with their neighbour; `anywhereInside` ignores what is around.
    private static func distance(from a: [UInt8], to b: [UInt8], anywhereInside: Bool = false) -> Int {
        var twoBack = [Int](repeating: 0, count: b.count + 1)
        var previous = anywhereInside ? twoBack : Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            row.reserveCapacity(b.count + 1)
            for j in b.indices {
                var cost = min(previous[j + 1] + 1, row[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, twoBack[j - 1] + 1) }
                row.append(cost)
            }
            (twoBack, previous) = (previous, row)
        }
        return anywhereInside ? previous.min() ?? a.count : previous[b.count]
    }
}
