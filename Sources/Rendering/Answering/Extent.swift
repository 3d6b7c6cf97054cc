import JSON

/// How much of the objects in a reply is passed on to programs.
package enum Extent: Hashable, Sendable {
    /// All of it, as it came.
    case whole
    /// Nothing that another member says, too.
    case once
    /// Of these, what distinguishes assets; how much one is used and how large it is, only when asked for.
    case essence

    /// Whether it leaves something out of this object, which only assets have.
    func shortens(_ object: JSONObject) -> Bool {
        self != .whole && ["objectName", "objectId"].contains { object[$0]?.isNull == false }
    }

    /// Whether a member of an asset is passed on.
    func keeps(_ member: JSONObject.Member, of object: JSONObject) -> Bool {
        switch Self.reasons[member.name] {
        case nil: true
        case .seldomWanted: self != .essence
        case .sameAs(let other): member.value != object[other]
        case .olderName(let newer): object[newer]?.isNull ?? true
        case .partOfFullName: !Self.isPart(member.value, of: object)
        case .usual(let value): member.value != value
        }
    }

    /// Why a member may be left out.
    private enum Reason {
        case seldomWanted, partOfFullName
        case sameAs(String), olderName(of: String)
        case usual(JSON)
    }

    /// Asked for every member of every asset, so that it is looked up rather than compared one by one.
    private static let reasons: [String: Reason] = {
        let reasons: [String: Reason] = [
            "name": .sameAs("objectName"), "type": .olderName(of: "objectType"),
            "fullQualifiedName": .sameAs("fullyQualifiedName"), "connectionName": .partOfFullName,
            "schemaName": .partOfFullName, "tableName": .partOfFullName, "criticalDataElement": .usual("None"),
        ]
        return seldomWanted.reduce(into: reasons) { $0[$1] = .seldomWanted }
    }()

    /// Whether a full name has this between its dots.
    private static func isPart(_ name: JSON, of object: JSONObject) -> Bool {
        guard let name = name.string, let path = object["fullyQualifiedName"]?.string else { return false }
        var rest = path.utf8[...]
        while true {
            let part = rest.prefix { $0 != UInt8(ascii: ".") }
            if part.elementsEqual(name.utf8) { return true }
            guard part.endIndex < rest.endIndex else { return false }
            rest = rest[part.endIndex...].dropFirst()
        }
    }

    /// What ``essence`` leaves out.
    package static let seldomWanted: [String] = [
        "connectionInfoId", "rating", "popularity", "rowCount", "columnCount", "createdDate",
    ]
}
