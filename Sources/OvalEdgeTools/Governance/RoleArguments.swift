package import JSON
package import MCP
package import OvalEdge
import Text

/// A kind of object that people answer for: of the catalog, and the rules, policies and containers around it.
package struct GovernedType: ArgumentName, Hashable {
    package static let known = ObjectType.allCases.map { $0.rawValue } + RoleUpdate.furtherTypes
    package static let placeholder = GovernedType(known: "oetable")

    package let name: String

    package static func name(meantBy word: String) -> String? { ObjectType.meant(by: word)?.rawValue }

    package init(known name: String) { self.name = name }

    /// Nil for what has no page of details to read.
    package var objectType: ObjectType? { ObjectType(rawValue: name) }
}

/// Who gets which role; none can be left without a person.
package struct RoleUpdates: ArgumentValue {
    package static let schema: JSON = [
        "type": "object",
        "properties": .object(JSONObject(GovernanceRole.allCases.map { .init($0.rawValue, ["type": "string"]) })),
    ]
    package static let placeholder = RoleUpdates(people: [])

    package let people: [(role: GovernanceRole, person: String)]

    package static func read(_ json: JSON, as name: String) throws(ArgumentMistakes) -> RoleUpdates? {
        guard let object = try JSONObject.read(json, as: name) else { return nil }
        var given: [GovernanceRole: String] = [:]
        var sentences: [String] = []
        for member in object.members {
            do {
                let role = try role(member.name, in: name)
                guard let person = member.value.isNull ? nil : try String.read(member.value, as: "\(name).\(role)")
                else {
                    throw ArgumentMistakes([
                        "`\(name).\(role.rawValue)` is empty: a role can be reassigned, not cleared."
                    ])
                }
                if let other = given.updateValue(person, forKey: role), other != person {
                    throw ArgumentMistakes(["`\(name)` assigns the role \(role.rawValue) to two people."])
                }
            } catch let mistakes as ArgumentMistakes {
                sentences += mistakes.sentences
            } catch {}
        }
        guard sentences.isEmpty else { throw ArgumentMistakes(sentences) }
        return RoleUpdates(people: GovernanceRole.allCases.compactMap { role in given[role].map { (role, $0) } })
    }

    /// Takes `govRole4` and `gov_role_4` for `governance_role_4`.
    private static func role(_ text: String, in name: String) throws(ArgumentMistakes) -> GovernanceRole {
        let known = GovernanceRole.allCases
        if let role = known.first(where: { Suggestion.isSame($0.rawValue, text) }) { return role }
        let short = Suggestion.folded(text)
        let shortNames: [String: GovernanceRole] = ["govrole4": .role4, "govrole5": .role5, "govrole6": .role6]
        if let role = shortNames[short] { return role }
        let names = known.map { $0.rawValue }
        let guess = Suggestion.nearest(to: text, among: names).map { "; did you mean `\($0)`?" } ?? "."
        let shown = JSON.string(String(text.prefix(60))).text
        throw ArgumentMistakes(["`\(name)` has no role \(shown)\(guess) Valid roles: \(names.joined(separator: ", "))."]
        )
    }
}
