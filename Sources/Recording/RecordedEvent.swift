package import JSON
import JSONRPC
import Logging

/// One thing that was said, and when: a line of a recording.
package struct RecordedEvent: Hashable, Sendable {
    package enum Side: String, Sendable { case client, server }

    package enum Content: Hashable, Sendable {
        /// A message, or a batch of them.
        case message(JSON)
        /// A line that is no JSON.
        case text(String)
        /// A line of which only its ends were kept, because it was too long.
        case tooLong(start: String, end: String)
        /// The side says nothing more, and why.
        case closed(String)
    }

    package let side: Side
    package let content: Content
    /// Since the recording began.
    package let milliseconds: Int

    package init(_ side: Side, _ content: Content, milliseconds: Int = 0) {
        self.side = side
        self.content = content
        self.milliseconds = milliseconds
    }

    /// What came in, or goes out, as it is kept.
    init(_ side: Side, _ line: LineFramer.Line, milliseconds: Int) {
        let content: Content =
            switch line {
            case .tooLong(let start, let end):
                .tooLong(start: String(decoding: start, as: UTF8.self), end: String(decoding: end, as: UTF8.self))
            case .text(let bytes):
                (try? JSON(parsing: bytes, within: side == .client ? .message : JSON.Limits(depth: 550)))
                    .map { .message($0) } ?? .text(String(decoding: bytes, as: UTF8.self))
            }
        self.init(side, content, milliseconds: milliseconds)
    }

    /// Without secrets, in whatever escapes they were written.
    ///
    /// Each text is looked through by itself, so that the line stays JSON; where one secret is in several parts of a
    /// message, all of it becomes a text.
    func redacted(by finder: SecretFinder) -> RecordedEvent {
        let redact: (String) -> String? = { finder.redacted($0, readingEscapes: true) }
        let clean: Content =
            switch content {
            case .message(let json): .message(json.replacingTexts(redact) ?? json)
            case .text(let text): .text(redact(text) ?? text)
            case .tooLong(let start, let end): .tooLong(start: redact(start) ?? start, end: redact(end) ?? end)
            case .closed(let reason): .closed(reason)
            }
        let event = RecordedEvent(side, clean, milliseconds: milliseconds)
        guard case .message(let json) = clean, let text = redact(json.text) else { return event }
        return RecordedEvent(side, .text(text), milliseconds: milliseconds)
    }

    var json: JSON {
        let head: JSON = ["ms": .int(milliseconds), "from": .string(side.rawValue)]
        var json = head
        switch content {
        case .message(let message): json["message"] = message
        case .text(let text): json["text"] = .string(text)
        case .tooLong(let start, let end): json["tooLong"] = ["start": .string(start), "end": .string(end)]
        case .closed(let reason): json["closed"] = .string(reason)
        }
        return json
    }

    /// Nil for a line of another kind.
    init?(_ json: JSON) {
        guard let side = json["from"]?.string.flatMap({ Side(rawValue: $0) }), let milliseconds = json["ms"]?.int else {
            return nil
        }
        if let message = json["message"] {
            self.init(side, .message(message), milliseconds: milliseconds)
        } else if let text = json["text"]?.string {
            // What is JSON after all is a message, and all holds for it that holds for one.
            let json = try? JSON(parsing: Array(text.utf8), within: JSON.Limits(depth: 600))
            self.init(side, json.map { .message($0) } ?? .text(text), milliseconds: milliseconds)
        } else if let start = json["tooLong"]?["start"]?.string, let end = json["tooLong"]?["end"]?.string {
            self.init(side, .tooLong(start: start, end: end), milliseconds: milliseconds)
        } else if let reason = json["closed"]?.string {
            self.init(side, .closed(reason), milliseconds: milliseconds)
        } else {
            return nil
        }
    }

    /// The revision that a client names in its first message.
    package var revision: String? {
        guard case .message(let message) = content else { return nil }
        let params = (message[0] ?? message)["params"]
        return params?["protocolVersion"]?.string
            ?? params?["_meta"]?["io.modelcontextprotocol/protocolVersion"]?.string
    }
}
