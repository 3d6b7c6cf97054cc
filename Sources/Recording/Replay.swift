import JSON
package import JSONRPC
package import Logging
import Threads

/// Says what the client of a recording said to a server, and compares what that one answers.
///
/// The order of the recording is kept: the next message is sent when all has come that had come before it then.
/// Questions of the server are answered as they were, whatever ids they have now; one that was not asked then gets an error,
/// so that nothing waits for it.
package struct Replay {
    private let script: ReplayScript
    private let rules: ReplayRules
    /// How long an answer may take.
    private let patience: Double
    /// How long is waited for the others together, once one has not come.
    private let spare: Double
    private let received = Monitor(Received())

    package init(_ recording: Recording, _ rules: ReplayRules, patience: Double = 60, spare: Double = 10) {
        script = ReplayScript(recording, rules)
        self.rules = rules
        self.patience = patience
        self.spare = spare
    }

    /// To its end, on the calling thread.
    package func played(to handler: any RequestHandler, executor: (any TaskExecutor)? = nil, log: Log) -> ReplayReport {
        let conversation = Conversation(
            handler: handler,
            sink: MemorySink { [received] message in
                received.withLock { $0.take(message) }
                received.notify()
            },
            executor: executor,
            log: log
        )
        let exchange = conversation.standalone
        var stage = Stage(patience: patience, left: patience + spare)
        for (place, step) in script.steps.enumerated() {
            switch step {
            case .unasked(let slot): stage.report.addUnasked(label(of: slot))
            case .expect(let slot, let message): stage.due.append((slot, message))
            case .leaveOut(let label): stage.report.leftOut.append(label)
            case .say(let content):
                settle(&stage, exchange)
                if stage.left <= 0 { return givenUp(stage, script.steps[place...], conversation) }
                say(content, stage, exchange)
            }
        }
        settle(&stage, exchange)
        collectRest(&stage, conversation)
        conversation.cancelAll()
        return stage.report
    }

    private func givenUp(
        _ stage: Stage,
        _ rest: ArraySlice<ReplayScript.Step>,
        _ conversation: Conversation
    ) -> ReplayReport {
        var report = stage.report
        report.giveUp(with: rest.count { if case .say = $0 { true } else { false } })
        conversation.cancelAll()
        return report
    }

    /// What has happened so far.
    private struct Stage {
        /// How long the next answer may take.
        var patience: Double
        /// Of all the time for answers that do not come.
        var left: Double
        /// What has to come before the next message is sent.
        var due: [(slot: ReplaySlot, recorded: JSON)] = []
        var carried = CarriedTexts()
        var report = ReplayReport()

        /// After one that did not come the others have had their time.
        mutating func endWait(of seconds: Double, isOptional: Bool) {
            left -= seconds
            patience = max(min(isOptional ? patience : min(patience, 1), left), 0)
        }
    }

    /// A question may belong to what was not sent.
    private func isOptional(_ slot: ReplaySlot) -> Bool {
        if case .question = slot { script.leavesOutAny } else { false }
    }

    /// Waits for what is due, and compares it.
    private func settle(_ stage: inout Stage, _ exchange: Exchange) {
        for (slot, recorded) in stage.due {
            if case .answer(let id?, _) = slot, script.cancelled.contains(id) {
                received.withLock { $0.messages[slot] = nil }
                continue
            }
            let isOptional = isOptional(slot)
            let limit = isOptional ? min(stage.patience, 1) : stage.patience
            guard let current = message(in: slot, within: limit, exchange) else {
                stage.endWait(of: limit, isOptional: isOptional)
                if !isOptional { stage.report.miss(label(of: slot)) }
                continue
            }
            stage.carried.learn(recorded, current)
            let comparison = JSONComparison(rules: rules, carried: stage.carried)
            stage.report.add(comparison.differences(recorded, current), of: label(of: slot))
        }
        stage.due = []
    }

    /// Nil when it does not come in time; questions that were not asked when it was recorded are answered meanwhile.
    private func message(in slot: ReplaySlot, within seconds: Double, _ exchange: Exchange) -> JSON? {
        while true {
            let found = received.wait(seconds: seconds) { received -> Found? in
                if let id = received.takeStranger(script) { return .stranger(id) }
                return received.messages.removeValue(forKey: slot).map { .message($0) }
            }
            switch found {
            case nil: return nil
            case .message(let message): return message
            case .stranger(let id):
                let error: JSON = ["code": -32603, "message": "This question is not in the recording."]
                let answer: JSON = ["jsonrpc": "2.0", "id": id, "error": error]
                exchange.receive(.text(answer.bytes))
            }
        }
    }

    private enum Found {
        case message(JSON)
        /// A question that was not asked when it was recorded.
        case stranger(JSON)
    }

    private func say(_ content: RecordedEvent.Content, _ stage: Stage, _ exchange: Exchange) {
        switch content {
        case .text(let text): exchange.receive(.text(Array(text.utf8)))
        case .tooLong(let start, let end): exchange.receive(.tooLong(start: Array(start.utf8), end: Array(end.utf8)))
        case .message(let message):
            guard let message = addressed(stage.carried.replaced(in: message)) else { return }
            exchange.receive(.text(message.bytes))
        case .closed:
            exchange.conversation.endStandingRequests()
            exchange.conversation.endQuestions()
        }
    }

    /// An answer of the client under the id that the question has now; nil where it was not asked.
    private func addressed(_ message: JSON) -> JSON? {
        guard message["method"] == nil, let id = message["id"].flatMap({ RequestID($0) }),
            let slot = script.questions[id]
        else { return message }
        guard let current = received.withLock({ $0.questions.removeValue(forKey: slot) }) else { return nil }
        var message = message
        message["id"] = current
        return message
    }

    /// What comes although it was not recorded.
    private func collectRest(_ stage: inout Stage, _ conversation: Conversation) {
        let isIdle = Monitor(false)
        conversation.whenIdle {
            isIdle.withLock { $0 = true }
            isIdle.notify()
        }
        _ = isIdle.wait(seconds: min(stage.patience, 5)) { $0 ? true : nil }
        for (slot, message) in received.withLock({ $0.messages }).sorted(by: { label(of: $0.key) < label(of: $1.key) })
        {
            switch slot {
            case .answer(let id?, _) where script.cancelled.contains(id) || !script.isWhole: continue
            case .notification(let method, _) where rules.passing.contains(method): continue
            case .notification, .answer, .question: stage.report.addStranger(label(of: slot), message)
            }
        }
    }

    private func label(of slot: ReplaySlot) -> String {
        switch slot {
        case .answer(let id, _):
            script.labels[slot] ?? id.map { "the answer under id \($0.json.text)" } ?? "an answer without an id"
        case .question(let method, let turn): "the question \(method) (number \(turn + 1))"
        case .notification(let method, let turn): "the notification \(method) (number \(turn + 1))"
        }
    }
}

/// What the server has said and no one has looked at.
private struct Received {
    var messages: [ReplaySlot: JSON] = [:]
    /// The ids of its questions that are not answered.
    var questions: [ReplaySlot: JSON] = [:]
    private var counter = ReplaySlot.Counter()

    /// The id of a question that the recording does not have.
    mutating func takeStranger(_ script: ReplayScript) -> JSON? {
        for (slot, id) in questions {
            guard case .question(let method, let turn) = slot, turn >= script.asks(method) else { continue }
            questions[slot] = nil
            return id
        }
        return nil
    }

    mutating func take(_ bytes: [UInt8]) {
        guard let json = try? JSON(parsing: bytes, within: JSON.Limits(depth: 600)) else { return }
        for message in json.array ?? [json] {
            let slot = counter.slot(for: message)
            messages[slot] = message
            if case .question = slot { questions[slot] = message["id"] }
        }
    }
}
