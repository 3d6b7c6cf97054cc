import JSON
package import MCP

/// An answer before its length is known: it can be written for any limits of what was found.
package struct SizedAnswer: Sendable {
    private let write: @Sendable (SizeLimits) -> Answer
    private var mark = UntrustedDelimiter.none
    /// As much as is to be said, if there is room for it.
    let limits: SizeLimits
    /// How to get what the limits leaves out; where nothing is said, what the budget leaves out.
    private let more: String
    private let beyond: String
    private let tellsCompleteness: Bool
    /// How many items of a list are kept in the smallest limits, which the draft itself makes small.
    private let fewest: Int
    /// Whether its maker knows what to leave out of lean data.
    let hasLean: Bool
    /// Nothing of it may be left out; its maker has checked that it is short enough.
    private(set) var isWhole = false

    /// `more` says how to get what `limits` leaves out, and `beyond` how, where only the budget is too small.
    package init(
        _ limits: SizeLimits = .whole,
        more: String,
        beyond: String? = nil,
        fewest: Int = 0,
        hasLean: Bool = false,
        _ write: @escaping @Sendable (SizeLimits) -> Answer
    ) {
        self.limits = limits
        self.more = more
        self.beyond = beyond ?? more
        self.write = write
        self.fewest = fewest
        self.hasLean = hasLean
        tellsCompleteness = true
    }

    /// An answer that is short; should it not be, its long lines are cut.
    package init(_ answer: Answer) {
        limits = .whole
        more = ""
        beyond = "Ask for less at once."
        tellsCompleteness = false
        fewest = 0
        hasLean = false
        write = { limits in
            guard limits != .whole else { return answer }
            var answer = answer
            answer.content = answer.content.map { $0.lines(cutTo: limits) }
            return answer
        }
    }

    /// An answer that is short enough, and of which nothing may be left out.
    package static func whole(_ answer: Answer) -> SizedAnswer {
        var draft = SizedAnswer(answer)
        draft.isWhole = true
        return draft
    }

    func marked(_ mark: UntrustedDelimiter) -> SizedAnswer {
        var draft = self
        draft.mark = mark
        return draft
    }

    /// Text and JSON for the same limits, both saying what is left out.
    ///
    /// What is usual leaves out what is seldom wanted; a smaller limits what there is no room for.
    func answer(in limits: SizeLimits, isUsual: Bool = false) -> Answer {
        var answer = write(limits)
        answer.content = answer.content.map { $0.text.map { .text(mark.marking($0)) } ?? $0 }
        guard let whole = answer.structured, !answer.isFailure else { return answer }
        var (notes, structured) = whole.splitFromNotes()
        if let note = Notes.ofCatalogText(in: structured) { notes.insert(.string(note), at: 0) }
        var truncator = Truncator(to: SizeLimits(items: max(limits.items, fewest), characters: limits.characters))
        structured = truncator.truncated(structured)
        let omissions = truncator.omissions
        if tellsCompleteness || omissions.hasList {
            structured["complete"] = .bool(structured["complete"] != false && !omissions.hasList)
        }
        if !omissions.isEmpty {
            structured["leftOut"] = omissions.json
            let words: Inline = "Shortened: \(omissions.words). \(words: isUsual ? more : beyond)"
            answer = answer.adding(words)
            notes.append(.string(words.plain))
        }
        answer.structured = structured.with(notes: notes)
        return answer
    }
}
