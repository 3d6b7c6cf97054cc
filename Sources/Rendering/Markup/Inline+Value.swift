package import JSON
import OvalEdge

extension Inline {
    /// A value of a member of this name on one line; nil for what has none, such as an object without a name.
    package static func value(_ value: JSON, as name: String, upTo limit: Int) -> Inline? {
        if value.isNull { return name.hasSuffix("Permission") ? "none" : nil }
        switch value.normal(as: name) {
        case .bool(let flag): return Words.flag(flag)
        case .null: return Words.flag(nil)
        case .array(let items): return list(items, as: name, upTo: limit)
        case .object: return value.plainText.map { named($0, value, as: name) }
        case let normal:
            if JSON.isFlag(name), let flag = normal.flag { return Words.flag(flag) }
            guard let text = normal.plainText else { return nil }
            return "\(excerpt: HTMLText.isIn(text) ? HTMLText(text).plain : text, upTo: limit)"
        }
    }

    /// Whether ``value(_:as:upTo:)`` has a line for it.
    package static func isShown(_ value: JSON) -> Bool {
        switch value {
        case .bool: true
        case .array(let items): !items.isEmpty && items.allSatisfy { isShown($0) || $0.customField != nil }
        default: value.plainText != nil
        }
    }

    private static func list(_ items: [JSON], as name: String, upTo limit: Int) -> Inline? {
        var line: Inline = ""
        for (index, item) in items.enumerated() {
            let field = item.customField
            guard let piece = field.map({ "\(excerpt: $0, upTo: limit)" }) ?? value(item, as: name, upTo: limit) else {
                return nil
            }
            guard line.bytes.count <= limit else { return "\(line) and \(items.count - index) more" }
            line += index > 0 ? ", \(piece)" : piece
        }
        return line.isEmpty ? nil : line
    }

    /// `Privacy` with its type and id, by which it can be looked up.
    private static func named(_ text: String, _ value: JSON, as name: String) -> Inline {
        guard let id = value.text("objectId", "businessGlossaryId", "tagId", "id") else { return "\(escaped: text)" }
        guard let kind = value.text("objectType", "type") ?? kind(of: name) else {
            return "\(escaped: text) (id \(escaped: id))"
        }
        return "\(escaped: text) \(code: "\(kind) \(id)")"
    }

    /// What a member is known to hold, where its objects do not say of what kind they are.
    private static func kind(of name: String) -> String? {
        let name = name.lowercased()
        return kinds.first { name.hasSuffix($0.word) || name.hasSuffix("\($0.word)s") }?.type.rawValue
    }

    private static let kinds: [(word: String, type: ObjectType)] = [
        ("mastertag", .mastertag), ("tag", .oetag), ("term", .glossary), ("table", .oetable), ("column", .oecolumn),
        ("file", .oefile), ("report", .oechart), ("chart", .oechart), ("schema", .oeschema), ("story", .oestory),
    ]
}

extension JSON {
    /// `Region: EMEA`, as custom fields come.
    fileprivate var customField: String? {
        guard let name = text("fieldName", "key"), let value = text("fieldValue", "value") else { return nil }
        return "\(name): \(value)"
    }
}
