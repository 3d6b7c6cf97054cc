/// The known name that a mistyped one was most likely meant to be.
enum NearestName {
    /// Nil when none is near: more than a third of the letters would have to change.
    static func of(_ word: String, among names: [String]) -> String? {
        let letters = Array(word.lowercased().utf8)
        let near = names.map { (name: $0, distance: distance(letters, Array($0.lowercased().utf8))) }
        guard let best = near.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= max(1, best.name.utf8.count / 3) ? best.name : nil
    }

    /// How many letters must be added, removed, changed or swapped with their neighbour.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var before: [Int] = []
        var last = Array(0...b.count)
        for row in a.indices {
            var next = [row + 1]
            for column in b.indices {
                let changed = last[column] + (a[row] == b[column] ? 0 : 1)
                var best = min(last[column + 1] + 1, next[column] + 1, changed)
                if row > 0, column > 0, a[row] == b[column - 1], a[row - 1] == b[column] {
                    best = min(best, before[column - 1] + 1)
                }
                next.append(best)
            }
            before = last
            last = next
        }
        return last[b.count]
    }
}
