package import JSON

/// Who may do what: rights in a source system, permissions in the catalog, or what lies in a connection.
package struct Access: Model, Hashable {
    package var grants: [Grant]
    /// Objects that could be meant, when one name fits several.
    package var candidates: [JSON]
    package let isAmbiguous: Bool
    package let advice: String?
    package private(set) var json: JSON

    package init(_ json: JSON) throws(JSONMismatch) {
        let json = json.namingPermissions
        let payload = json.payload
        guard payload.object != nil else {
            throw JSONMismatch(path: "data", expected: "an object", found: payload.kind)
        }
        grants = (try payload.list("grants") ?? []).compactMap { Grant($0) }
        candidates = try payload.list("matchCandidates") ?? []
        isAmbiguous = payload["ambiguousMatch"]?.flag == true
        advice = payload.text("advisoryMessage") ?? json.text("message")
        self.json = json
    }

    /// What the product lists next to grants, under the name it gives to the list.
    package var lists: [(name: String, items: [JSON])] {
        (json.payload.object?.members ?? []).compactMap { member in
            guard member.name != "grants", member.name != "matchCandidates", let items = member.value.array,
                !items.isEmpty
            else { return nil }
            return (member.name, items)
        }
    }

    /// Puts one list in place of the grants and lists that were sent.
    package mutating func setList(_ name: String, _ items: JSON) {
        var payload = json.payload
        for list in lists { payload[list.name] = nil }
        payload["grants"] = nil
        payload[name] = items
        grants = []
        json = ["data": payload]
    }

    /// The users, roles or groups that a question about membership is answered with, each once.
    package var members: [String] {
        let listed = lists.flatMap { $0.items }.compactMap { item in
            item.text("name", "roleName", "parentRoleName", "parentRole", "role") ?? item.plainText
        }
        var seen: Set<String> = []
        return (listed.isEmpty ? grants.compactMap { $0.role ?? $0.principal } : listed)
            .filter { seen.insert($0).inserted }
    }

    /// One right of one principal on something.
    package struct Grant: Hashable, Sendable {
        package let principal: String?
        package let level: String?
        package let path: String?
        package let connection: Int?
        package let mechanism: String?
        package let role: String?
        package let group: String?
        package let privileges: [String]
        package let json: JSON

        init?(_ json: JSON) {
            guard json.object != nil else { return nil }
            principal = json.text("principal", "principalName", "username", "userName", "name")
            level = json.text("objectLevel", "objectType")?.lowercased()
            path = json.text("objectPath", "fullyQualifiedName", "objectName")
            connection = json["connectionId"]?.wholeNumber
            mechanism = json.text("grantMechanism")
            role = json.text("contributingRole")
            group = json.text("contributingGroup")
            privileges = Self.names(json["privileges"] ?? json["privilege"])
            self.json = json
        }

        /// The product sends a list, or one text with commas.
        private static func names(_ json: JSON?) -> [String] {
            if let items = json?.array { return items.compactMap { $0.plainText } }
            return (json?.plainText ?? "").split(separator: ",").compactMap { JSON.string(String($0)).plainText }
        }
    }
}
