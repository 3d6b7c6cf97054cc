package import MCP
package import OvalEdge

extension CriticalElementUpdate.Mark: ArgumentChoice {}

/// A kind of asset that can be a critical data element.
package struct CriticalElementType: ArgumentName, Hashable {
    package static let known = CriticalElementUpdate.Target.types.map { $0.rawValue } + ["apiobject", "apicolumn"]
    package static let placeholder = CriticalElementType(known: "oetable")

    package let objectType: ObjectType

    package static func name(meantBy word: String) -> String? {
        ObjectType.meant(by: word).flatMap { known.contains($0.rawValue) ? $0.rawValue : nil }
    }

    package init(known name: String) {
        switch name {
        case "apiobject": objectType = .oeapi
        case "apicolumn": objectType = .oeapicolumn
        default: objectType = ObjectType(rawValue: name) ?? .oetable
        }
    }
}

/// One asset of several.
package struct CriticalElementTarget: ArgumentGroup {
    package static let example = #"{"object_id": 501, "object_type": "oetable"}"#

    let objectID: ObjectID
    let objectType: CriticalElementType

    package init(_ input: inout Arguments) {
        objectID = input.read("object_id")
        objectType = input.read("object_type")
    }

    var target: CriticalElementUpdate.Target { .init(id: objectID.number, type: objectType.objectType) }
}
