import OvalEdge
import Rendering

/// How many assets of a lineage there are of each kind, connection or owner, in words.
struct LineageTallyReport: Sendable {
    private static let mostKinds = 4

    private let tally: LineageTally
    private let window: ListWindow
    private let rows: LineageRows
    private let start: LineageStart

    init(_ tally: LineageTally, _ window: ListWindow, _ rows: LineageRows, from start: LineageStart) {
        self.tally = tally
        self.window = window
        self.rows = rows
        self.start = start
    }

    func write(to text: inout Markdown) {
        start.writeHead("Lineage of", to: &text)
        if rows.isFiltered { text.line(start.filter(of: rows)) }
        text.heading(2, "By \(words: tally.by.rawValue): \(LineageStart.assets(rows.distinct.count))")
        for entry in window.of(tally.entries) { text.bullet(line(entry)) }
        if tally.unknown > 0 { text.bullet("\(unknown): \(tally.unknown)") }
        if tally.requests > 0 {
            let count: Inline = tally.requests == 1 ? "1 request" : "\(tally.requests) requests"
            text.note("The lineage names no owners of these: they were looked up in \(count).")
        }
        if tally.unknown > 0, tally.by == .owner {
            text.note("For the others narrow with `direction` or `only_types`, or ask `asset_details` of each.")
        }
        if let advice = window.advice { text.note(advice) }
        start.writeEnd(to: &text)
        start.writeDepth(rows, to: &text)
    }

    private var unknown: Inline { tally.by == .owner ? "not looked up" : "not given" }

    private func line(_ entry: LineageTally.Entry) -> Inline {
        guard let name = entry.name else { return "\(tally.by == .owner ? "no owner" : "not given"): \(entry.count)" }
        var line: Inline = "\(escaped: name)"
        if let user = entry.user, user != name { line += " (\(code: user))" }
        line += ": \(entry.count)"
        guard tally.by != .type else { return line }
        let kinds: [Inline] = entry.kindCounts.prefix(Self.mostKinds).map { "\(escaped: $0.kind) \($0.count)" }
        return "\(line) (\(kinds.joined(separator: ", "))\(entry.kinds.count > kinds.count ? " …" : ""))"
    }
}
