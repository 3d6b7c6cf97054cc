import Clock
import JSON
import Text

/// How a line of the log is written.
package enum LogFormat: String, CaseIterable, Sendable {
    /// For people: `info: tool request=3 tool=asset_details outcome=ok ms=12`.
    case text
    /// For programs: one object a line, with the time.
    case json

    /// One line without its end; what it is made of holds no secret any more.
    func line(_ level: Log.Level, _ event: String, _ fields: [Log.Field], at time: Double) -> String {
        switch self {
        case .text: Self.text(level, event, fields)
        case .json: Self.json(level, event, fields, at: time)
        }
    }

    private static func text(_ level: Log.Level, _ event: String, _ fields: [Log.Field]) -> String {
        var line = "\(level.rawValue): \(event)"
        for field in fields {
            line += " "
            line += field.name
            line += "="
            line += quoted(field.value)
        }
        return VisibleText.line(line)
    }

    private static func json(_ level: Log.Level, _ event: String, _ fields: [Log.Field], at time: Double) -> String {
        var object = JSONObject([
            .init("time", .string(Timestamp.text(time))),
            .init("level", .string(level.rawValue)),
            .init("event", .string(VisibleText.line(event))),
        ])
        for field in fields { object[field.name] = .string(VisibleText.line(field.value)) }
        return JSON.object(object).text
    }

    /// Quoted when it holds spaces, so that a line can be taken apart again.
    private static func quoted(_ text: String) -> String {
        guard text.isEmpty || !text.utf8.allSatisfy(isPlain) && text.contains(where: { $0.isWhitespace || $0 == "\"" })
        else { return text }
        return text.reduce(into: "\"") { $0 += $1 == "\"" || $1 == "\\" ? "\\\($1)" : String($1) } + "\""
    }

    /// What nothing needs to be done about: printable ASCII without spaces and quotes.
    private static func isPlain(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") }
}
