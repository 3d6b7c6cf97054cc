/// What a change does to a text, as `diff -u` shows it.
package enum TextDifference {
    private static let context = 3

    /// Empty where nothing differs; `nil` stands for a file that is not there.
    package static func unified(_ old: [UInt8]?, _ new: [UInt8]?, path: String) -> String {
        let (before, after) = (lines(old ?? []), lines(new ?? []))
        guard before != after || (old == nil) != (new == nil) else { return "" }
        let hunks = hunks(before, after)
        let head = ["--- \(old == nil ? "/dev/null" : path)", "+++ \(new == nil ? "/dev/null" : path)"]
        return (head + hunks).joined(separator: "\n")
    }

    /// Equal lines at both ends are found first: what we change is short, and in one place or two.
    private static func hunks(_ old: [String], _ new: [String]) -> [String] {
        let shorter = min(old.count, new.count)
        let start = (0..<shorter).first { old[$0] != new[$0] } ?? shorter
        let tail =
            (0..<(shorter - start)).first { old[old.count - 1 - $0] != new[new.count - 1 - $0] } ?? shorter - start
        let first = max(start - context, 0)
        let (oldEnd, newEnd) = (old.count - tail, new.count - tail)
        let after = old[oldEnd..<min(oldEnd + context, old.count)]
        let counts = (oldEnd - first + after.count, newEnd - first + after.count)
        let begin = { (count: Int) in count == 0 ? first : first + 1 }
        return ["@@ -\(begin(counts.0)),\(counts.0) +\(begin(counts.1)),\(counts.1) @@"]
            + old[first..<start].map { " " + $0 } + middle(Array(old[start..<oldEnd]), Array(new[start..<newEnd]))
            + after.map { " " + $0 }
    }

    /// The longest common part is kept, where that is cheap.
    private static func middle(_ old: [String], _ new: [String]) -> [String] {
        guard old.count * new.count <= 1_000_000 else { return old.map { "-" + $0 } + new.map { "+" + $0 } }
        var lengths = [[Int]](repeating: [Int](repeating: 0, count: new.count + 1), count: old.count + 1)
        for i in old.indices.reversed() {
            for j in new.indices.reversed() {
                lengths[i][j] = old[i] == new[j] ? lengths[i + 1][j + 1] + 1 : max(lengths[i + 1][j], lengths[i][j + 1])
            }
        }
        var result: [String] = []
        var (i, j) = (0, 0)
        while i < old.count || j < new.count {
            if i < old.count, j < new.count, old[i] == new[j] {
                result.append(" " + old[i])
                (i, j) = (i + 1, j + 1)
            } else if i < old.count, j == new.count || lengths[i + 1][j] >= lengths[i][j + 1] {
                result.append("-" + old[i])
                i += 1
            } else {
                result.append("+" + new[j])
                j += 1
            }
        }
        return result
    }

    private static func lines(_ bytes: [UInt8]) -> [String] {
        var lines = String(decoding: bytes, as: UTF8.self).utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        if lines.last == "" { lines.removeLast() }
        return lines
    }
}
