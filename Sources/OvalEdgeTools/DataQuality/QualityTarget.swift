package import MCP
import OvalEdge
import Text

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

    /// Type and id, as people and records distinguish objects.
    var reference: String { "\(objectType.rawValue) \(objectID.number)" }
}

/// The kinds of objects that a data quality rule can check.
package enum QualityObjectType: String, ArgumentChoice {
    case oetable, oecolumn, oefile, oefilecolumn

    package static func meant(by word: String) -> QualityObjectType? {
        let type = ObjectType.meant(by: word) ?? ObjectType(rawValue: Suggestion.folded(word))
        return type == .filecolumn ? .oefilecolumn : type.flatMap { QualityObjectType(rawValue: $0.rawValue) }
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
