package import JSON
package import MCP
import OvalEdge

/// One object that a data quality rule is to check, as an argument.
package struct QualityTarget: ArgumentGroup {
    package static let example = #"{"object_id": 50102, "object_type": "oecolumn"}"#

    let objectID: ObjectID
    let objectType: QualityObjectType

    package init(_ input: inout Arguments) {
        objectID = input.read("object_id")
        objectType = input.read("object_type")
    }

    var object: QualityObject { QualityObject(id: objectID.number, type: objectType.objectType) }

    /// Type and id, as people and records tell objects apart.
    var reference: String { "\(objectType.rawValue) \(objectID.number)" }
}

/// The kinds of objects that a data quality rule can check.
package enum QualityObjectType: String, CaseIterable, ArgumentValue {
    case oetable, oecolumn, oefile, oefilecolumn

    package static var schema: JSON { ["type": "string", "enum": .strings(allCases.map { $0.rawValue })] }
    package static var placeholder: QualityObjectType { .oetable }

    /// Plain words are understood, too.
    package static func read(_ json: JSON, as name: String) throws(ArgumentMistakes) -> QualityObjectType? {
        try Spelling.read(json, as: name)?.type
    }

    private enum Spelling: String, ArgumentChoice {
        case oetable, oecolumn, oefile, oefilecolumn, table, column, tablecolumn, file, filecolumn

        var type: QualityObjectType {
            switch self {
            case .oetable, .table: .oetable
            case .oecolumn, .column, .tablecolumn: .oecolumn
            case .oefile, .file: .oefile
            case .oefilecolumn, .filecolumn: .oefilecolumn
            }
        }
    }

    var objectType: ObjectType {
        switch self {
        case .oetable: .oetable
        case .oecolumn: .oecolumn
        case .oefile: .oefile
        case .oefilecolumn: .filecolumn
        }
    }
}
