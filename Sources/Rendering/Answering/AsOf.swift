import Clock
package import JSON
package import MCP

/// Since when an answer is known that was made of replies kept from before: a note, and a member of its JSON.
package enum AsOf {
    static let member = "as_of"

    static func line(_ moment: String) -> String { "Cached response from \(moment)." }

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
