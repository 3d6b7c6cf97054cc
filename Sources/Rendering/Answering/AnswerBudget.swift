package import JSON
package import MCP
import Text

/// How long an answer may be, in tokens: its text and its JSON each, because a client shows a model one of the two.
///
/// This is the one place that shortens answers. Whatever a tool writes is measured here and, where it is too long,
/// written again for smaller limits: long texts give way first, then long lists, so that much is shown a little
/// rather than a little in full.
package struct AnswerBudget: Hashable, Sendable {
    package static let usual = 8000

    package let tokens: Int

    package init(tokens: Int = usual) { self.tokens = tokens }

    /// The longest form of the answer that there is room for; for a call that is cancelled, the first that was written.
    package func fitted(_ draft: SizedAnswer, marking mark: UntrustedDelimiter = .random()) -> Answer {
        let draft = draft.marked(mark)
        if draft.isWhole { return draft.answer(in: .whole) }
        let wanted = bounded(draft.limits)
        let answer = draft.answer(in: wanted, isUsual: draft.limits != .whole)
        if allows(answer) { return answer }
        var start = wanted
        for end in Self.stages(below: wanted, isLean: draft.hasLean) where end != start {
            if Task.isCancelled { return answer }
            let answer = draft.answer(in: end)
            if allows(answer) { return longest(of: draft, between: end, answer, and: start) }
            start = end
        }
        return FallbackAnswer(draft.answer(in: start), within: self).answer
    }

    package func allows(_ answer: Answer) -> Bool {
        allows(answer.text) && answer.structured.map { allows($0) } ?? true
    }

    /// A text has no more tokens than bytes, so that most need not be looked at.
    package func allows(_ text: String) -> Bool {
        guard text.utf8.count > tokens else { return true }
        var text = text
        return text.withUTF8 { allows($0) }
    }

    package func allows(_ json: JSON) -> Bool {
        guard json.isLonger(than: tokens) else { return true }
        return json.bytes.withUnsafeBufferPointer { allows($0) }
    }

    private func allows(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        bytes.count <= tokens * Self.mostBytesPerToken && TokenEstimate.tokens(in: bytes) <= tokens
    }

    /// Words of six letters are one token each; what has more bytes for its tokens is hardly text, but blank space.
    private static let mostBytesPerToken = 8
}

extension AnswerBudget {
    /// More than this there can be no room for, so that no more is written.
    private func bounded(_ limits: SizeLimits) -> SizeLimits {
        SizeLimits(items: min(limits.items, tokens), characters: min(limits.characters, tokens * 6))
    }

    /// Which way an answer gets shorter: each stage changes one of the two.
    ///
    /// What is said twice goes before all else.
    private static func stages(below limits: SizeLimits, isLean: Bool) -> [SizeLimits] {
        let least = SizeLimits.least
        let characters = min(limits.characters, 2000)
        let items = min(limits.items, 10)
        return [
            SizeLimits(items: limits.items, characters: characters, isLean: isLean),
            SizeLimits(items: items, characters: characters, isLean: isLean),
            SizeLimits(items: items, characters: min(characters, least.characters), isLean: isLean),
            SizeLimits(items: least.items, characters: least.characters, isLean: isLean),
        ]
    }

    /// Halves the way between what there is room for and what is too much.
    private func longest(of draft: SizedAnswer, between fit: SizeLimits, _ fitting: Answer, and tooLong: SizeLimits)
        -> Answer
    {
        var (fit, answer, tooLong) = (fit, fitting, tooLong)
        while !Task.isCancelled, let middle = fit.middle(to: tooLong) {
            let longer = draft.answer(in: middle)
            if allows(longer) { (fit, answer) = (middle, longer) } else { tooLong = middle }
        }
        return answer
    }
}

extension SizeLimits {
    /// Nil when the two are nearly the same.
    fileprivate func middle(to other: SizeLimits) -> SizeLimits? {
        let (items, characters) = (other.items - items, other.characters - characters)
        guard items > max(1, self.items / 16) || characters > max(32, self.characters / 16) else { return nil }
        return SizeLimits(
            items: self.items + items / 2,
            characters: self.characters + characters / 2,
            isLean: isLean
        )
    }
}

extension JSON {
    /// Whether its text has more than `count` bytes; looks no further than that.
    fileprivate func isLonger(than count: Int) -> Bool {
        var room = count
        return !fits(&room)
    }

    private func fits(_ room: inout Int) -> Bool {
        switch self {
        case .null, .bool: room -= 5
        case .number(let number): room -= number.text.utf8.count
        // Escapes make a text longer, and hardly ever by as much again.
        case .string(let text): room -= text.utf8.count * 2 + 2
        case .array(let items):
            room -= items.count + 2
            for item in items { guard item.fits(&room) else { return false } }
        case .object(let object):
            room -= 2
            for member in object.members {
                room -= member.name.utf8.count + 4
                guard member.value.fits(&room) else { return false }
            }
        }
        return room >= 0
    }
}
