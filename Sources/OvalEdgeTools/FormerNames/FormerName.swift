package import JSON
import MCP
import Text

/// A name under which OvalEdge 8.1 documented what a tool does now: it can be called still, and is listed nowhere.
package struct FormerName: Sendable {
    package let name: String
    package let tool: ToolName
    /// What the name itself says: arguments of the tool that this name does not take.
    private(set) var meaning: [(argument: String, value: String)] = []
    /// Arguments that are called otherwise now.
    private(set) var renamed: [(from: String, to: String)] = []
    /// Of these exactly one is given.
    private(set) var oneOf: [String] = []
    /// The only values of an argument that the name takes.
    private(set) var narrow: (argument: String, values: [String])?

    init(_ name: String, _ tool: ToolName, _ meaning: (argument: String, value: String)...) {
        self.name = name
        self.tool = tool
        self.meaning = meaning
    }

    func renaming(_ from: String, to: String) -> FormerName { changed { $0.renamed.append((from, to)) } }
    func one(of names: String...) -> FormerName { changed { $0.oneOf = names } }
    func only(_ argument: String, _ values: String...) -> FormerName { changed { $0.narrow = (argument, values) } }

    private func changed(_ change: (inout FormerName) -> Void) -> FormerName {
        var former = self
        change(&former)
        return former
    }

    /// Less than this its explanation never takes.
    static let tokens = 60

    /// How the tool is called for the same now.
    package var explanation: String {
        let parts = meaning.map { "`\($0.argument)` `\($0.value)`" }
        let words = parts.isEmpty ? "" : " with \(parts.joined(separator: " and "))"
        return "`\(name)` is `\(tool.rawValue)`\(words) now."
    }
}

// What a call says, in the words of today.
extension FormerName {
    /// The arguments as the tool takes them, and a sentence for each that cannot be said to it.
    package func translated(_ given: JSONObject) -> (arguments: JSONObject, mistakes: [String]) {
        var mistakes = obstacles(in: given)
        var members: [JSONObject.Member] = []
        for member in given.members {
            let target = renamed.first { Suggestion.isSame($0.from, member.name) }?.to ?? member.name
            if members.contains(where: { Suggestion.isSame($0.name, target) }) {
                mistakes.append("`\(member.name)` and `\(target)` mean the same to \(name); give one of them.")
            } else {
                members.append(.init(target, member.value))
            }
        }
        for (argument, value) in meaning { members.append(.init(argument, .string(value))) }
        return (JSONObject(members), mistakes)
    }

    private func obstacles(in given: JSONObject) -> [String] {
        var mistakes: [String] = []
        for (argument, _) in meaning where has(argument, in: given) {
            mistakes.append("`\(argument)` is not an argument of \(name).")
        }
        if let narrow, let value = value(of: narrow.argument, in: given), !narrow.values.contains(value.lowercased()) {
            mistakes.append("`\(narrow.argument)` must be one of \(narrow.values.joined(separator: ", ")) here.")
        }
        if !oneOf.isEmpty, oneOf.count(where: { has($0, in: given) }) != 1 {
            let names = oneOf.map { "`\($0)`" }
            mistakes.append(
                names.count == 1
                    ? "\(names[0]) is missing." : "\(name) takes exactly one of \(names.joined(separator: " and "))."
            )
        }
        return mistakes
    }

    /// Blank is as good as left out.
    private func has(_ argument: String, in given: JSONObject) -> Bool { value(of: argument, in: given) != nil }

    private func value(of argument: String, in given: JSONObject) -> String? {
        let value = given.members.first { Suggestion.isSame($0.name, argument) }?.value
        guard let value, !value.isNull else { return nil }
        let text = (value.string ?? value.text).trimmed
        return text.isEmpty ? nil : text
    }
}
