import Clock
import Synchronization

/// One line an event, for stderr, in which no live secret can appear.
///
/// Fields hold what helps an operator (request, account, tool, status, milliseconds), never arguments or bodies.
package struct Log: Sendable {
    package enum Level: String, CaseIterable, Sendable, Comparable {
        case debug, info, warning, error

        package static func < (a: Level, b: Level) -> Bool { a.place < b.place }

        fileprivate var place: Int {
            switch self {
            case .debug: 0
            case .info: 1
            case .warning: 2
            case .error: 3
            }
        }
    }

    package typealias Field = (name: String, value: String)

    /// From which one on lines are written.
    package var level: Level { Level.allCases[output.level.load(ordering: .relaxed)] }
    package private(set) var redactor: Redactor
    /// What every line says: the request, the session or the account that it is about.
    package private(set) var fields: [Field] = []
    private let output: Output

    /// Where lines go; shared by all logs that are made of one, which are copied with every request.
    private final class Output: Sendable {
        /// Its place among all levels.
        let level: Atomic<Int>
        let format: LogFormat
        let now: @Sendable () -> Double
        let recent: RecentLines?
        let sink: @Sendable (String) -> Void

        init(
            _ level: Level,
            _ format: LogFormat,
            keeping recent: RecentLines?,
            now: @escaping @Sendable () -> Double,
            sink: @escaping @Sendable (String) -> Void
        ) {
            self.level = Atomic(level.place)
            self.format = format
            self.recent = recent
            self.now = now
            self.sink = sink
        }
    }

    /// Warnings and errors are kept in `recent` as well.
    package init(
        _ level: Level,
        redactor: Redactor = Redactor(),
        format: LogFormat = .text,
        keeping recent: RecentLines? = nil,
        now: @escaping @Sendable () -> Double = SystemClock.secondsSince1970,
        to sink: @escaping @Sendable (String) -> Void
    ) {
        self.redactor = redactor
        output = Output(level, format, keeping: recent, now: now, sink: sink)
    }

    /// From now on this log, and all that are made of it or of which it is made, write what is at this level or above.
    package func write(from level: Level) { output.level.store(level.place, ordering: .relaxed) }

    /// A log that keeps nothing, for tests that do not look.
    package static let none = Log(.error) { _ in }

    /// The same, saying this with every line, too.
    package func with(_ fields: Field...) -> Log { with(fields) }

    package func with(_ fields: [Field]) -> Log {
        var log = self
        log.fields += fields
        return log
    }

    /// The same for those whose secrets `redactor` knows.
    package func redacting(with redactor: Redactor) -> Log {
        var log = self
        log.redactor = redactor
        return log
    }

    package func debug(_ event: String, _ fields: Field...) { write(.debug, event, fields) }
    package func info(_ event: String, _ fields: Field...) { write(.info, event, fields) }
    package func warning(_ event: String, _ fields: Field...) { write(.warning, event, fields) }
    package func error(_ event: String, _ fields: Field...) { write(.error, event, fields) }

    package func write(_ level: Level, _ event: String, _ fields: [Field] = []) {
        guard level.place >= output.level.load(ordering: .relaxed) else { return }
        // Redacted first: a secret whose spaces were changed, or its quotes escaped, would not be recognised.
        let finder = redactor.finder
        let redacted = { finder.redacted($0, readingEscapes: true) ?? $0 }
        let fields = (self.fields + fields).map { Field($0.name, redacted($0.value)) }
        let (event, time) = (redacted(event), output.now())
        output.sink(output.format.line(level, event, fields, at: time))
        guard level >= .warning, let recent = output.recent else { return }
        recent.keep(.init(time: time, level: level, text: LogFormat.text.line(level, event, fields, at: time)))
    }
}
