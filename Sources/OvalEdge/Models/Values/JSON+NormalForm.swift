package import JSON

/// The one form in which answers show what releases and sources send in several.
extension JSON {
    /// The value of a member of this name: true for a flag that is `"Y"`, a day for `1757980800000`, null for a date that
    /// is `0000-00-00`; anything else as it came.
    package func normal(as name: String) -> JSON {
        switch self {
        case .bool(let value): Self.marks.contains(name) ? Self.mark(value) : self
        case .number, .string:
            if let flag, FlagName.isOne(name) {
                Self.marks.contains(name) ? Self.mark(flag) : .bool(flag)
            } else if DateName.isOne(name), SentDate.couldBe(self) {
                date.map { .string($0.text) } ?? (SentDate.isNone(self) ? .null : self)
            } else {
                self
            }
        case .null, .array, .object: self
        }
    }

    /// Whether a value of a member of this name says yes or no, however it is sent.
    package static func isFlag(_ name: String) -> Bool { FlagName.isOne(name) }

    /// Critical data elements have a third mark besides yes and no, and are marked by words.
    private static let marks: Set = ["criticalDataElement", "cde"]

    private static func mark(_ value: Bool) -> JSON { value ? "Yes" : "No" }
}

/// `isPrimaryKey`, `has_children`, `piiFlag`, and names that are known to be of flags.
private enum FlagName {
    static func isOne(_ name: String) -> Bool {
        known.contains(name) || starts.contains { name.begins($0) } || ends.contains { name.hasSuffix($0) }
    }

    private static let starts = ["is", "has", "can", "allow", "allows"]
    private static let ends = ["Flag", "_flag", "Indicator"]
    private static let known: Set = [
        "active", "ambiguousMatch", "associatedToDqRule", "associatedToObject", "blocked", "canCreateRule", "cde",
        "criticalDataElement", "deleted", "encrypted", "filledByCurrentUser", "foreignKey", "indexed", "mandatory",
        "masked", "noChange", "notNull", "nullable", "pii", "primaryKey", "published", "required", "requiredOnCreate",
        "restricted", "rootTag", "selected", "sensitive", "unique", "valid",
    ]
}

/// `createdDate`, `updated_at`, `lastCrawledOn`, `crawlTimestamp`.
private enum DateName {
    static func isOne(_ name: String) -> Bool {
        switch name.lastByte {
        case UInt8(ascii: "e"): ["Date", "date", "Time", "_time"].contains { name.hasSuffix($0) }
        case UInt8(ascii: "n"): name.hasSuffix("On") || name.hasSuffix("_on")
        case UInt8(ascii: "p"): name.hasSuffix("Timestamp") || name.hasSuffix("timestamp")
        case UInt8(ascii: "t"): name.hasSuffix("At") || name.hasSuffix("_at")
        default: false
        }
    }
}

extension String {
    /// Whether it begins with this word, and another one follows.
    fileprivate func begins(_ word: String) -> Bool {
        guard hasPrefix(word) else { return false }
        let next = utf8.dropFirst(word.utf8.count).first
        return next.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) || $0 == UInt8(ascii: "_") } ?? false
    }

    /// Quicker than by way of its indices.
    fileprivate var lastByte: UInt8? {
        var text = self
        return text.withUTF8 { $0.last }
    }
}
