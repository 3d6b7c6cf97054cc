import JSON

/// Cuts JSON to a limits: lists at the border of an item, texts between words; keeps count of what it takes away.
struct Truncator {
    private let limits: SizeLimits
    private(set) var omissions = Omissions()
    /// Where we are: names of members, and `[]` for an item.
    private var path: [String] = []

    init(to limits: SizeLimits) { self.limits = limits }

    /// Looks first, because nearly nothing that passes here is too long.
    mutating func truncated(_ json: JSON) -> JSON { isTooLong(json) ? shortened(json) : json }

    private func isTooLong(_ json: JSON) -> Bool {
        switch json {
        case .string(let text): text.utf8.count > limits.characters && Self.text(text, to: limits.characters) != nil
        case .array(let items): items.count > limits.items || items.contains { isTooLong($0) }
        case .object(let object): object.members.contains { isTooLong($0.value) }
        case .null, .bool, .number: false
        }
    }

    private mutating func shortened(_ json: JSON) -> JSON {
        switch json {
        case .string(let text):
            guard let cut = Self.text(text, to: limits.characters) else { return json }
            omissions.add(.text, at: path, cut.count - Self.mark.count, of: text.count)
            return .string(cut)
        case .array(let items): return .array(shortened(items))
        case .object(let object):
            return .object(
                JSONObject(
                    object.members.map { member in
                        JSONObject.Member(member.name, below(member.name) { $0.shortened(member.value) })
                    }
                )
            )
        case .null, .bool, .number: return json
        }
    }

    private mutating func shortened(_ items: [JSON]) -> [JSON] {
        let shown = below("[]") { truncator in items.prefix(truncator.limits.items).map { truncator.shortened($0) } }
        if shown.count < items.count { omissions.add(.list, at: path, shown.count, of: items.count) }
        return shown
    }

    private mutating func below<Result>(_ name: String, _ work: (inout Truncator) -> Result) -> Result {
        path.append(name)
        defer { path.removeLast() }
        return work(&self)
    }
}

extension Truncator {
    private static let mark = " …"
    /// An address is worth nothing without its end.
    private static let longestAddress = 2000

    /// The beginning of a text, cut between words where there are some; nil for one that is short enough.
    static func text(_ text: String, to limit: Int) -> String? {
        guard text.utf8.count > limit, let end = text.index(text.startIndex, offsetBy: limit, limitedBy: text.endIndex),
            end < text.endIndex, !isAddress(text)
        else { return nil }
        let start = text[..<end]
        // Scalars, because going back over characters such as flags looks at all before each of them.
        let lastSpace = start.unicodeScalars.lastIndex { $0.properties.isWhitespace }
        let isFarBack = lastSpace.map { start.distance(from: $0, to: end) > limit / 4 } ?? true
        return String(isFarBack ? start : start[..<(lastSpace ?? end)]) + mark
    }

    private static func isAddress(_ text: String) -> Bool {
        text.utf8.count <= longestAddress && (text.hasPrefix("http") || text.hasPrefix("#nav/"))
    }
}
