extension String {
    /// Whether `part` occurs in this text, byte for byte; an empty one does.
    ///
    /// Looks at each byte once, whatever repeats in the two (Knuth, Morris and Pratt).
    package func holds(_ part: String) -> Bool {
        let wanted = Array(part.utf8)
        guard !wanted.isEmpty else { return true }
        guard wanted.count <= utf8.count else { return false }
        let retreats = Self.retreats(in: wanted)
        var matched = 0
        for byte in utf8 {
            while matched > 0, wanted[matched] != byte { matched = retreats[matched - 1] }
            if wanted[matched] == byte { matched += 1 }
            if matched == wanted.count { return true }
        }
        return false
    }

    /// For each byte how many of the first bytes are still matched, when the one after it is not.
    private static func retreats(in wanted: [UInt8]) -> [Int] {
        var retreats = [0]
        var matched = 0
        for byte in wanted.dropFirst() {
            while matched > 0, wanted[matched] != byte { matched = retreats[matched - 1] }
            if wanted[matched] == byte { matched += 1 }
            retreats.append(matched)
        }
        return retreats
    }
}
