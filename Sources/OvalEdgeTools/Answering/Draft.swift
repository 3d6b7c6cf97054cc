import JSON
package import MCP

/// An answer before its length is known: it can be written for any portion of what was found.
package struct Draft: Sendable {
    private let write: @Sendable (Portion) -> Answer
    private var mark = FenceMark.none
    /// As much as is to be told, if there is room for it.
    let portion: Portion
    /// How to get what the portion leaves out; where nothing is said, what the budget leaves out.
    private let more: String
    private let beyond: String
    private let tellsCompleteness: Bool
    /// How many items of a list are kept in the smallest portion, which the draft itself makes small.
    private let fewest: Int
    /// Nothing of it may be left out; whoever made it has seen that it is short enough.
    private(set) var isWhole = false

    /// `more` says how to get what `portion` leaves out, and `beyond` how, where only the budget is too small.
    package init(
        _ portion: Portion = .whole,
        more: String,
        beyond: String? = nil,
        fewest: Int = 0,
        _ write: @escaping @Sendable (Portion) -> Answer
    ) {
        self.portion = portion
        self.more = more
        self.beyond = beyond ?? more
        self.write = write
        self.fewest = fewest
        tellsCompleteness = true
    }

    /// An answer that is short; should it not be, its long lines are cut.
    package init(_ answer: Answer) {
        portion = .whole
        more = ""
        beyond = "Ask for less at once."
        tellsCompleteness = false
        fewest = 0
        write = { portion in
            guard portion != .whole else { return answer }
            var answer = answer
            answer.content = answer.content.map { $0.lines(cutTo: portion) }
            return answer
        }
    }

    /// An answer that is short enough, and of which nothing may be left out.
    static func whole(_ answer: Answer) -> Draft {
        var draft = Draft(answer)
        draft.isWhole = true
        return draft
    }

    func marked(_ mark: FenceMark) -> Draft {
        var draft = self
        draft.mark = mark
        return draft
    }

    /// Text and JSON for the same portion, both saying what is left out.
    ///
    /// What is usual leaves out what is seldom wanted; a smaller portion what there is no room for.
    func answer(in portion: Portion, isUsual: Bool = false) -> Answer {
        var answer = write(portion)
        answer.content = answer.content.map { $0.text.map { .text(mark.marking($0)) } ?? $0 }
        guard var structured = answer.structured, !answer.isFailure else { return answer }
        var cut = Cut(to: Portion(items: max(portion.items, fewest), characters: portion.characters))
        structured = cut.cut(structured)
        let leftOut = cut.leftOut
        if tellsCompleteness || leftOut.hasList {
            structured["complete"] = .bool(structured["complete"] != false && !leftOut.hasList)
        }
        if !leftOut.isEmpty {
            let more = isUsual ? more : beyond
            structured["leftOut"] = leftOut.json
            structured["more"] = .string(more)
            let words: Inline = "Shortened: \(leftOut.words). \(words: more)"
            answer.content = [.text("\(answer.text)\n\n\(words.text)")]
        }
        answer.structured = structured
        return answer
    }
}
