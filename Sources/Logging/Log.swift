import Text

/// One line an event, for stderr, in which no live secret can appear.
///
/// Fields hold what helps an operator (tool, status, milliseconds), never arguments or bodies.
package struct Log: Sendable {
    package enum Level: String, CaseIterable, Sendable, Comparable {
        case debug, info, warning, error

        package static func < (a: Level, b: Level) -> Bool {
            allCases.firstIndex(of: a) ?? 0 < allCases.firstIndex(of: b) ?? 0
        }
    }

    package let level: Level
    package let redactor: Redactor
    private let sink: @Sendable (String) -> Void

    package init(_ level: Level, redactor: Redactor = Redactor(), to sink: @escaping @Sendable (String) -> Void) {
        self.level = level
        self.redactor = redactor
        self.sink = sink
    }

    /// A log that keeps nothing, for tests that do not look.
    package static let none = Log(.error) { _ in }

    package func debug(_ event: String, _ fields: (String, String)...) { write(.debug, event, fields) }
    package func info(_ event: String, _ fields: (String, String)...) { write(.info, event, fields) }
    package func warning(_ event: String, _ fields: (String, String)...) { write(.warning, event, fields) }
    package func error(_ event: String, _ fields: (String, String)...) { write(.error, event, fields) }

    private func write(_ level: Level, _ event: String, _ fields: [(String, String)]) {
        guard level >= self.level else { return }
        // Redacted first: a secret whose spaces were changed, or its quotes escaped, would not be recognised.
        let line = fields.reduce("\(level.rawValue): \(redactor.struck(event))") {
            $0 + " \($1.0)=\(Self.value(redactor.struck($1.1)))"
        }
        sink(VisibleText.line(line))
    }

    /// Quoted when it holds spaces, so that a line can be taken apart again.
    private static func value(_ text: String) -> String {
        guard text.isEmpty || !text.utf8.allSatisfy(isPlain) && text.contains(where: { $0.isWhitespace || $0 == "\"" })
        else { return text }
        return text.reduce(into: "\"") { $0 += $1 == "\"" || $1 == "\\" ? "\\\($1)" : String($1) } + "\""
    }

    /// What nothing needs to be done about: printable ASCII without spaces and quotes.
    private static func isPlain(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") }
}
