import Clock
import Logging
import Settings
import Text

/// The text of a file of keys, with what its comments say: when each was made.
struct KeyFileText {
    struct Entry {
        let id: String
        /// A day such as `2026-11-30`; nil where no comment says it.
        let made: String?
        /// The comments above it, and the key.
        let lines: [String]
    }

    /// The newest first.
    private(set) var entries: [Entry] = []
    /// Comments below the last key.
    private var rest: [String] = []

    /// Throws a ``KeyFileFault`` for what is no file of keys.
    init(parsing text: String) throws {
        let keys = try KeyFile(parsing: text).keys
        var lines: [String] = []
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            lines.append(String(line))
            if line.prefix(while: { $0 != "#" }).trimmed.isEmpty { continue }
            let id = try KeyRing.id(of: KeyRing.bytes(keys[entries.count]))
            entries.append(Entry(id: id, made: Self.day(in: lines), lines: lines))
            lines = []
        }
        rest = lines
    }

    /// A new key in front of all others.
    mutating func prepend(_ key: [UInt8], at now: Double) throws {
        let id = try KeyRing.id(of: key)
        let lines = Self.lines(of: key, id, at: now)
        entries.insert(Entry(id: id, made: Self.day(at: now), lines: lines), at: 0)
    }

    /// Drops the keys that have not been the newest for `days`, and returns their ids.
    mutating func dropOld(days: Int, at now: Double) -> [String] {
        let limit = Self.day(at: now - Double(days) * 86_400)
        var (kept, dropped): ([Entry], [String]) = ([], [])
        for (place, entry) in entries.enumerated() {
            // It was in use until the one in front of it was made, and those behind it no longer.
            let replaced = place == 0 ? nil : entries[place - 1].made
            let isOld = !dropped.isEmpty || replaced.map { $0 < limit } ?? false
            if isOld { dropped.append(entry.id) } else { kept.append(entry) }
        }
        entries = kept
        return dropped
    }

    var text: String { (entries.flatMap { $0.lines } + rest).joined(separator: "\n").trimmed + "\n" }

    static func lines(of key: [UInt8], _ id: String, at now: Double) -> [String] {
        [
            "# Key \(id) of oe-mcp-http, made \(day(at: now)). `oe-mcp-http keys rotate` puts a newer one in front of it.",
            key.hexadecimal,
        ]
    }

    private static func day(at time: Double) -> String { String(Timestamp.text(time).prefix(10)) }

    /// What follows `made` in a comment.
    private static func day(in lines: [String]) -> String? {
        for line in lines where line.first == "#" {
            let words = line.split(separator: " ")
            guard let place = words.firstIndex(of: "made"), place + 1 < words.count else { continue }
            let day = words[place + 1].prefix(10)
            if day.utf8.count == 10, day.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == "-") }) { return String(day) }
        }
        return nil
    }
}
