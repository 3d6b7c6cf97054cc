import JSON
import OvalEdgeTools
import Rendering

/// The arguments of a tool as a table, those inside objects and lists too.
struct ParameterTable {
    /// Neighbours inside an object that differ only in their names share a row.
    private struct Row {
        var names: [Inline]
        let type: Inline
        let fallback: Inline
        let meaning: Inline

        var cells: [Inline] { [names.joined(separator: ", "), type, fallback, meaning] }

        func isLike(_ other: Row) -> Bool {
            meaning.isEmpty && (type, fallback, meaning) == (other.type, other.fallback, other.meaning)
        }
    }

    let header: [Inline] = ["Parameter", "Type", "Default", "Meaning"]
    let rows: [[Inline]]

    init(_ schema: JSON) {
        var rows: [Row] = []
        for row in Self.rows(of: schema, below: "") {
            guard let last = rows.last, row.isLike(last) else {
                rows.append(row)
                continue
            }
            rows[rows.count - 1].names += row.names
        }
        self.rows = rows.map { $0.cells }
    }

    private static func rows(of schema: JSON, below path: String) -> [Row] {
        let required = Set((schema["required"]?.array ?? []).compactMap { $0.string })
        return (schema["properties"]?.object?.members ?? []).flatMap { member -> [Row] in
            let (name, property) = (path + member.name, member.value)
            let row = Row(
                names: ["\(code: name)"],
                type: type(of: property),
                fallback: fallback(of: property, isRequired: required.contains(member.name)),
                meaning: "\(words: property["description"]?.string ?? "")"
            )
            return [row] + rows(of: property, below: name + ".")
                + rows(of: property["items"] ?? .null, below: name + "[].")
        }
    }

    private static func fallback(of property: JSON, isRequired: Bool) -> Inline {
        if isRequired { return "required" }
        return property["default"].map { "\(code: $0.string ?? $0.text)" } ?? ""
    }

    private static func type(of property: JSON) -> Inline {
        if let choices = property["enum"]?.array {
            let names: [Inline] = choices.map { "\(code: $0.string ?? $0.text)" }
            return names.joined(separator: ", ")
        }
        switch property["type"]?.string {
        case "string": return "text"
        case "boolean": return "true or false"
        case "integer": return "whole number\(limits(of: property))"
        case "number": return "number\(limits(of: property))"
        case "array": return "list of: \(property["items"].map { type(of: $0) } ?? "anything")"
        default: return "object"
        }
    }

    private static func limits(of property: JSON) -> Inline {
        switch (property["minimum"]?.int, property["maximum"]?.int) {
        case (let least?, let most?): ", \(least) to \(most)"
        case (let least?, nil): ", \(least) or more"
        case (nil, let most?): ", \(most) or less"
        case (nil, nil): ""
        }
    }
}
