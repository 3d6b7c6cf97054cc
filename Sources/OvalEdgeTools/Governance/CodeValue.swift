import OvalEdge
import Text

/// What a field will hold whose values must be among its options, or what must be known first.
enum CodeValue: Hashable {
    /// The whole value to be sent.
    case text(String)
    /// These are no options.
    case unknown([String])
    /// The field holds one value, and these would be several.
    case several([String])
    /// Several are wanted where there are others already: are they to be replaced?
    case modeWanted([String])

    init(_ wanted: CustomFieldText, of field: CustomField, _ mode: CodeUpdateMode?) {
        let current = CustomField.values(in: field.currentValue ?? "")
        // A current value may be removed, even when it is no option any more.
        let names = CodeNames(field.options + (mode == .remove ? current : []))
        let pieces = names.pieces(of: wanted)
        let unknown = field.options.isEmpty ? [] : pieces.filter { names[$0] == nil }
        let values = pieces.map { names[$0] ?? $0 }.uniqued
        guard unknown.isEmpty else {
            self = .unknown(unknown)
            return
        }
        if field.allowsSeveral != false, mode == nil, values.count > 1, !current.isEmpty {
            self = .modeWanted(values)
            return
        }
        let merged =
            switch mode {
            case nil, .replaceAll: values
            case .add: (current + values).uniqued
            case .remove: current.filter { old in !values.contains { $0.lowercased() == old.lowercased() } }
            }
        self =
            merged.count > 1 && field.allowsSeveral == false ? .several(merged) : .text(merged.joined(separator: ","))
    }
}

/// The options of a field, found whatever their case.
private struct CodeNames {
    private let names: [String]

    init(_ names: [String]) { self.names = names }

    subscript(_ text: String) -> String? {
        let wanted = text.trimmed.lowercased()
        return names.first { $0.lowercased() == wanted }
    }

    /// The values that a text names: `EMEA, APAC and AMER`; an option such as `R&D` stays whole.
    func pieces(of wanted: CustomFieldText) -> [String] {
        if let items = wanted.items { return items }
        if self[wanted.text] != nil { return [wanted.text] }
        return CustomField.values(in: wanted.text).flatMap { part in
            self[part] != nil ? [part] : Self.splitAtConjunctions(part)
        }
    }

    private static func splitAtConjunctions(_ text: String) -> [String] {
        text.split(separator: "&").flatMap { part in
            part.split { $0.isWhitespace }
                .split { $0.lowercased() == "and" }
                .map { $0.joined(separator: " ") }
        }
    }
}

extension [String] {
    /// Each once, whatever its case, in the order they came.
    fileprivate var uniqued: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0.lowercased()).inserted }
    }
}
