import JSON

/// How much of the objects in a reply is passed on to programs.
package enum Extent: Hashable, Sendable {
    /// All of it, as it came.
    case whole
    /// Nothing that another member says, too.
    case once
    /// Of these, what tells one asset from another; how much it is used and how large it is, only when asked for.
    case essence

    func cut(_ object: JSONObject) -> JSONObject {
        guard self != .whole, object["objectName"] != nil || object["objectId"] != nil else { return object }
        return JSONObject(object.members.filter { isKept($0, of: object) })
    }

    private func isKept(_ member: JSONObject.Member, of object: JSONObject) -> Bool {
        if self == .essence, Self.seldomWanted.contains(member.name) { return false }
        switch member.name {
        case "name": return member.value != object["objectName"]
        case "type": return object["objectType"] == nil
        case "fullQualifiedName": return member.value != object["fullyQualifiedName"]
        case "connectionName", "schemaName", "tableName": return !Self.isPart(member.value, of: object)
        case "criticalDataElement": return member.value != "None"
        default: return true
        }
    }

    /// Whether a full name has this between its dots.
    private static func isPart(_ name: JSON, of object: JSONObject) -> Bool {
        guard let name = name.string, let path = object["fullyQualifiedName"]?.string else { return false }
        let parts = path.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.contains { $0.elementsEqual(name.utf8) }
    }

    /// What ``essence`` leaves out.
    package static let seldomWanted: [String] = [
        "connectionInfoId", "rating", "popularity", "rowCount", "columnCount", "createdDate",
    ]
}
