import JSON

/// Cuts JSON to a portion: lists at the border of an item, texts between words; keeps count of what it takes away.
struct Cut {
    private let portion: Portion
    private(set) var leftOut = LeftOut()

    init(to portion: Portion) { self.portion = portion }

    /// Looks first, because nearly nothing that passes here is too long.
    mutating func cut(_ json: JSON) -> JSON { isTooLong(json) ? shortened(json) : json }

    private func isTooLong(_ json: JSON) -> Bool {
        switch json {
        case .string(let text): text.utf8.count > portion.characters && Self.text(text, to: portion.characters) != nil
        case .array(let items): items.count > portion.items || items.contains { isTooLong($0) }
        case .object(let object): object.members.contains { isTooLong($0.value) }
        case .null, .bool, .number: false
        }
    }

    private mutating func shortened(_ json: JSON) -> JSON {
        switch json {
        case .string(let text):
            guard let cut = Self.text(text, to: portion.characters) else { return json }
            leftOut.add(.text, cut.count - Self.mark.count, of: text.count)
            return .string(cut)
        case .array(let items): return .array(shortened(items))
        case .object(let object):
            return .object(
                JSONObject(
                    object.members.map { member in
                        let count = leftOut.entries.count
                        defer { leftOut.place(after: count, below: member.name) }
                        return JSONObject.Member(member.name, shortened(member.value))
                    }
                )
            )
        case .null, .bool, .number: return json
        }
    }

    private mutating func shortened(_ items: [JSON]) -> [JSON] {
        let count = leftOut.entries.count
        let shown = items.prefix(portion.items).map { shortened($0) }
        leftOut.place(after: count, below: "[]")
        leftOut.gather(after: count)
        if shown.count < items.count { leftOut.add(.list, shown.count, of: items.count) }
        return shown
    }
}

extension Cut {
    private static let mark = " …"
    /// An address is worth nothing without its end.
    private static let longestAddress = 2000

    /// The beginning of a text, cut between words where there are some; nil for one that is short enough.
    static func text(_ text: String, to limit: Int) -> String? {
        guard text.utf8.count > limit, let end = text.index(text.startIndex, offsetBy: limit, limitedBy: text.endIndex),
            end < text.endIndex, !isAddress(text)
        else { return nil }
        let start = text[..<end]
        let lastSpace = start.lastIndex { $0.isWhitespace }
        let isFarBack = lastSpace.map { start.distance(from: $0, to: end) > limit / 4 } ?? true
        return String(isFarBack ? start : start[..<(lastSpace ?? end)]) + mark
    }

    private static func isAddress(_ text: String) -> Bool {
        text.utf8.count <= longestAddress && (text.hasPrefix("http") || text.hasPrefix("#nav/"))
    }
}
