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
        answer.content = [.text(text)]
        if let structured = whole.structured {
            answer.structured = shortened(structured).with(notes: notes.map { .string($0) } + [.string(Self.notice)])
        }
        return answer
    }

    private static let notice = "The rest was left out, because there is too much of it; ask for less at once."

    /// A third of the room is for them.
    private var notes: [String] {
        let all = whole.structured?.splitFromNotes().notes.compactMap { $0.string } ?? []
        let share = AnswerBudget(tokens: budget.tokens / 3)
        let count = (0...all.count).last { share.allows(.strings(Array(all.prefix($0)))) } ?? 0
        return Array(all.prefix(count))
    }

    /// Half of what the budget allows even where every byte is a token of its own.
    private var text: String {
        let said = "\(whole.text)\n\n\(Self.notice)"
        if budget.allows(said) { return said }
        let start = String(decoding: Array(whole.text.utf8).prefix(budget.tokens / 2), as: UTF8.self)
        return (["\(start) …\n"] + notes + [Self.notice]).joined(separator: "\n")
    }

    private func shortened(_ structured: JSON) -> JSON {
        budget.leaving(Self.noticeTokens).allows(structured) ? structured : small(structured)
    }

    private static let noticeTokens = 40

    /// Members that are small as they are; of the others only their kind.
    private func small(_ json: JSON) -> JSON {
        let members = json.splitFromNotes().others.object?.members ?? []
        let share = AnswerBudget(tokens: budget.tokens / max(1, 3 * members.count))
        var result = JSONObject(
            members.prefix(Self.mostMembers).map { member in
                JSONObject.Member(
                    member.name,
                    share.allows(member.value) ? member.value : Self.nothing(like: member.value)
                )
            }
        )
        result["complete"] = false
        return .object(result)
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
