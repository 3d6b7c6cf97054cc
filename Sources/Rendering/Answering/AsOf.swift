import Clock
package import JSON
package import MCP
import Text

/// Since when an answer is known that was made of replies kept from before: a note, and a member of its JSON.
package enum AsOf {
    static let member = "as_of"

    private static let opening = "Cached response from "

    static func line(_ moment: String) -> String { "\(opening)\(moment)." }

    /// A message without it, for who compares messages of two moments.
    package static func removed(from json: JSON) -> JSON {
        switch json {
        case .string(let text) where text.holds(opening):
            .string(lines(of: text).joined(separator: "\n").trimmed)
        case .array(let items): .array(items.map { removed(from: $0) })
        case .object(let object): .object(JSONObject(object.members.compactMap { removed(from: $0) }))
        case .null, .bool, .number, .string: json
        }
    }

    private static func lines(of text: String) -> [Substring] {
        text.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix(opening) }
    }

    private static func removed(from entry: JSONObject.Member) -> JSONObject.Member? {
        if entry.name == member, entry.value.string != nil { return nil }
        guard entry.name == "notes", let notes = entry.value.array else {
            return .init(entry.name, removed(from: entry.value))
        }
        let others = notes.filter { $0.string?.hasPrefix(opening) != true }
        return others.isEmpty ? nil : .init(entry.name, .array(others.map { removed(from: $0) }))
    }

    /// Less than this the two never take.
    package static let tokens = 80

    package static func added(to schema: JSON) -> JSON {
        var schema = schema
        schema["properties"]?[member] = [
            "type": "string", "description": "Since when this is known.",
        ]
        return schema
    }
}

extension AnswerBudget {
    /// As ``fitted(_:marking:)``, with the time that the oldest part of it is from; nil for what came just now.
    package func fitted(_ draft: SizedAnswer, marking mark: UntrustedDelimiter, asOf: Double?) -> Answer {
        guard let asOf else { return fitted(draft, marking: mark) }
        return leaving(AsOf.tokens).fitted(draft, marking: mark).dated(Timestamp.text(asOf))
    }

    /// With room for so many tokens more.
    package func leaving(_ tokens: Int) -> AnswerBudget { AnswerBudget(tokens: max(1, self.tokens - tokens)) }
}

extension Answer {
    fileprivate func dated(_ moment: String) -> Answer {
        var answer = noting("\(words: AsOf.line(moment))")
        if !isFailure { answer.structured?[AsOf.member] = .string(moment) }
        return answer
    }
}
