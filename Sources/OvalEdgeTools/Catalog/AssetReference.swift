package import MCP
import OvalEdge

/// One asset of several, as an argument.
package struct AssetReference: ArgumentGroup {
    package static let example = #"{"object_id": 501, "object_type": "oetable"}"#

    let objectID: ObjectID
    let objectType: ObjectType

    package init(_ input: inout Arguments) {
        objectID = input.read("object_id")
        objectType = input.read("object_type")
    }
}
