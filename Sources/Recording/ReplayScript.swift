import JSON
import JSONRPC

/// A place in a conversation that has to be filled by the server, whenever it was made.
enum ReplaySlot: Hashable {
    /// Of all answers under an id, the one of this turn; the id is nil where the answer has none.
    case answer(RequestID?, turn: Int)
    case question(method: String, turn: Int)
    case notification(method: String, turn: Int)

    private func after(_ turns: Int) -> ReplaySlot {
        switch self {
        case .answer(let id, _): .answer(id, turn: turns)
        case .question(let method, _): .question(method: method, turn: turns)
        case .notification(let method, _): .notification(method: method, turn: turns)
        }
    }

    /// Of a message that the server sends, as the first of its kind.
    private init(first message: JSON) {
        let id = message["id"].flatMap { RequestID($0) }
        if let method = message["method"]?.string {
            self = message["id"] == nil ? .notification(method: method, turn: 0) : .question(method: method, turn: 0)
        } else {
            self = .answer(id, turn: 0)
        }
    }

    /// Counts the messages of each kind.
    struct Counter {
        private var counts: [ReplaySlot: Int] = [:]

        mutating func slot(for message: JSON) -> ReplaySlot {
            let first = ReplaySlot(first: message)
            defer { counts[first, default: 0] += 1 }
            return first.after(counts[first] ?? 0)
        }
    }
}

/// What is to be said, and what is to come before the next is said, in order.
struct ReplayScript {
    enum Step {
        case expect(ReplaySlot, JSON)
        /// An answer to nothing that was said, which no one can wait for.
        case unasked(ReplaySlot)
        case say(RecordedEvent.Content)
        /// Not sent, with what it was.
        case leaveOut(String)
    }

    private(set) var steps: [Step] = []
    /// What answers are to, by their places.
    private(set) var labels: [ReplaySlot: String] = [:]
    /// What the client asks the server not to answer any more: whether it did is a matter of time.
    private(set) var cancelled: Set<RequestID> = []
    /// Under which ids the recorded server has asked.
    private(set) var questions: [RequestID: ReplaySlot] = [:]
    private(set) var leavesOutAny = false
    /// Whether the recording goes on until the last answer.
    let isWhole: Bool

    init(_ recording: Recording, _ rules: ReplayRules) {
        var ends: [String] = []
        for case .closed(let reason) in recording.events.map({ $0.content }) { ends.append(reason) }
        isWhole = recording.end == Recording.done && ["inputEnded", "signalled"].contains(ends.last ?? "")
        var counter = ReplaySlot.Counter()
        var said: [RequestID: Int] = [:]
        var unanswered: Set<RequestID> = []
        var openings = Openings()
        for event in recording.events {
            let messages = event.content.messages
            guard event.side == .client else {
                for message in messages { expect(message, &counter, &openings, rules, unless: unanswered) }
                continue
            }
            openings.note(event.content)
            for message in messages { note(message, &said) }
            if let message = messages.first(where: { rules.leavesOut($0) }) {
                unanswered.formUnion(messages.compactMap { $0["id"].flatMap { RequestID($0) } })
                leavesOutAny = true
                steps.append(.leaveOut(Self.label(of: message)))
            } else {
                steps.append(.say(event.content))
            }
        }
    }

    private mutating func expect(
        _ message: JSON,
        _ counter: inout ReplaySlot.Counter,
        _ openings: inout Openings,
        _ rules: ReplayRules,
        unless unanswered: Set<RequestID>
    ) {
        let slot = counter.slot(for: message)
        switch slot {
        case .answer(let id?, _) where unanswered.contains(id): return
        case .notification(let method, _) where rules.passing.contains(method): return
        case .question:
            if let id = message["id"].flatMap({ RequestID($0) }) { questions[id] = slot }
        case .answer(let id, _):
            guard openings.takeOne(for: id) else { return steps.append(.unasked(slot)) }
        case .notification: break
        }
        steps.append(.expect(slot, message))
    }

    private mutating func note(_ message: JSON, _ said: inout [RequestID: Int]) {
        if message["method"] == "notifications/cancelled", let id = message["params"]?["requestId"] {
            if let id = RequestID(id) { cancelled.insert(id) }
        }
        guard message["method"] != nil, let id = message["id"].flatMap({ RequestID($0) }) else { return }
        labels[.answer(id, turn: said[id] ?? 0)] = Self.label(of: message)
        said[id, default: 0] += 1
    }

    /// `tools/call asset_explorer (id 3)`.
    private static func label(of message: JSON) -> String {
        let params = message["params"]
        let name = params?["name"]?.string ?? params?["uri"]?.string
        let id = message["id"].map { " (id \($0.text))" } ?? ""
        return "\(message["method"]?.string ?? "a message")\(name.map { " \($0)" } ?? "")\(id)"
    }

    /// How many questions of this kind the recorded server had.
    func asks(_ method: String) -> Int {
        questions.values.count { slot in
            if case .question(method, _) = slot { true } else { false }
        }
    }
}

/// What the client has said that may still be answered, by its id; nil for all of which that is not known.
private struct Openings {
    private var counts: [RequestID?: Int] = [:]

    mutating func note(_ content: RecordedEvent.Content) {
        if case .closed = content { return }
        let messages = content.messages
        if messages.isEmpty { counts[nil, default: 0] += 1 }
        for message in messages { counts[message["id"].flatMap { RequestID($0) }, default: 0] += 1 }
    }

    /// False for an answer that nothing can have asked for.
    mutating func takeOne(for id: RequestID?) -> Bool {
        for place in [id, nil] {
            guard let count = counts[place], count > 0 else { continue }
            counts[place] = count - 1
            return true
        }
        return false
    }
}

extension RecordedEvent.Content {
    /// One, or those of a batch.
    var messages: [JSON] {
        guard case .message(let json) = self else { return [] }
        return json.array ?? [json]
    }
}
