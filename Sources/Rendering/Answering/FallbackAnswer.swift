import JSON
import MCP

/// What stays of an answer that is too long however little of its lists and texts is in it: the beginning and the end of
/// its text, and of its JSON what is small.
struct FallbackAnswer {
    private let whole: Answer
    private let budget: AnswerBudget

    init(_ whole: Answer, within budget: AnswerBudget) {
        self.whole = whole
        self.budget = budget
    }

    var answer: Answer {
        var answer = whole
        if !budget.allows(whole.text) { answer.content = [.text(text)] }
        if let structured = whole.structured, !budget.allows(structured) { answer.structured = small(structured) }
        return answer
    }

    private static let notice = "The rest was left out, because there is too much of it; ask for less at once."

    /// Half of what the budget allows even where every byte is a token of its own.
    private var text: String {
        let bytes = Array(whole.text.utf8)
        return "\(String(decoding: bytes.prefix(budget.tokens / 2), as: UTF8.self)) …\n\n\(Self.notice)"
    }

    /// Members that are small as they are; of the others only their kind.
    private func small(_ json: JSON) -> JSON {
        let (notes, others) = json.splitFromNotes()
        let members = others.object?.members ?? []
        let share = AnswerBudget(tokens: budget.tokens / max(1, 2 * members.count))
        var result = JSONObject(
            members.prefix(Self.mostMembers).map { member in
                JSONObject.Member(
                    member.name,
                    share.allows(member.value) ? member.value : Self.nothing(like: member.value)
                )
            }
        )
        result["complete"] = false
        return JSON.object(result).with(notes: (share.allows(.array(notes)) ? notes : []) + [.string(Self.notice)])
    }

    private static let mostMembers = 100

    private static func nothing(like json: JSON) -> JSON {
        switch json {
        case .array: []
        case .object: [:]
        case .string: "…"
        case .null, .bool, .number: json
        }
    }
}
