package import JSON

/// An argument that is an object with members of its own, read as a tool reads its arguments.
package protocol ArgumentGroup: ArgumentValue {
    /// How such an object may look, for the sentence that asks for one.
    static var example: String { get }
    init(_ input: inout Arguments)
}

extension ArgumentGroup {
    package static var schema: JSON {
        var input = Arguments.describing
        _ = Self(&input)
        return input.schema
    }

    package static var placeholder: Self {
        var input = Arguments.describing
        return Self(&input)
    }

    package static func read(_ json: JSON, as name: String) throws(ArgumentMistakes) -> Self? {
        let members: JSONObject?
        do { members = try JSONObject.read(json, as: name) } catch {
            throw ArgumentMistakes(name, mustBe: "an object such as \(example)", not: json)
        }
        guard let members else { return nil }
        var input = Arguments(members, inside: name)
        let value = Self(&input)
        guard input.mistakes.isEmpty else { throw ArgumentMistakes(input.mistakes) }
        return value
    }
}
