import Clock
import Commands
import Logging
import OvalEdge
import Settings
import SharedStore
import Telemetry
import Text

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What a person wants to see of a server at a glance, as HTML without a script.
struct StatusPage {
    private let wiring: Wiring
    private let store: StoreHealth?
    private let started: Double
    private let now: Double
    private let counters: Counters
    private let report: CounterReport

    init(_ wiring: Wiring, _ store: StoreHealth?, started: Double, now: Double) {
        self.wiring = wiring
        self.store = store
        self.started = started
        self.now = now
        counters = Counters(of: wiring.telemetry.metrics, since: started, until: now)
        report = CounterReport(counters)
    }

    private var settings: Settings { wiring.settings }
    private var metrics: Metrics { wiring.telemetry.metrics }
    private var isDraining: Bool { metrics.value(of: .drain) > 0 }

    var html: String {
        let name = Self.escaped(settings.server.name)
        let state = isDraining ? "stopping" : "serving"
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(name) – status</title>
            <link rel="stylesheet" href="/status.css">
            </head>
            <body>
            <header><h1>\(name)</h1><p class="state \(state)">\(state)</p></header>
            <main>
            \(Self.section("Instance", Self.list(instance)))
            \(Self.section("Now", Self.list(present)))
            \(Self.section("Token exchanges", Self.list(exchanges)))
            \(Self.section("Requests to OvalEdge", Self.list(requests)))
            \(Self.section("Calls of tools", calls, isWide: true))
            \(Self.section("Last warnings and errors", lines, isWide: true))
            </main>
            <footer>\(Timestamp.text(now)) · <a href="/metrics">metrics</a></footer>
            </body>
            </html>

            """
    }

    private var instance: [(String, String)] {
        [
            ("Version", settings.server.version), ("Process", String(getpid())),
            ("Mode", settings.account.authMode.rawValue),
            ("OvalEdge", wiring.isSandbox ? "sandbox" : wiring.configuration.host),
            ("Started", Timestamp.text(started)), ("Uptime", Self.duration(now - started)),
        ]
    }

    private var present: [(String, String)] {
        [
            ("Accounts", metrics.value(of: .accounts)), ("Sessions", metrics.value(of: .sessions)),
            ("Event streams", metrics.value(of: .streams)), ("Requests in progress", metrics.value(of: .inFlight)),
        ].map { ($0.0, String($0.1)) } + shared
    }

    private var shared: [(String, String)] {
        guard let store else { return [] }
        return [
            ("Shared store", store.problem?.summary ?? "in use"), ("Commands to it that failed", String(store.errors)),
        ]
    }

    private var exchanges: [(String, String)] {
        guard let last = metrics.lastExchange else { return [("So far", "none")] }
        let ago = Self.duration(now - last.at)
        let times = [("Half take up to", report.exchangeMedian), ("95 % take up to", report.exchangeSlow)]
        return [("Last", "\(last.outcome.rawValue), \(ago) ago")]
            + report.exchanges.map { ($0.0, String($0.1)) } + times.map { ($0.0, Self.seconds($0.1)) }
    }

    private var requests: [(String, String)] {
        report.requests.isEmpty ? [("So far", "none")] : report.requests.map { ($0.0, String($0.1)) }
    }

    private var calls: String {
        guard !report.rows.isEmpty else { return "<p>None so far.</p>" }
        let rows = report.rows.map { row in
            let cells = [String(row.calls), String(row.failures), Self.seconds(row.median), Self.seconds(row.slow)]
            return "<tr><th scope=\"row\">\(Self.escaped(row.tool))</th>"
                + cells.map { "<td>\($0)</td>" }.joined() + "</tr>"
        }
        let head = ["Tool", "Calls", "Failed", "p50", "p95"].map { "<th scope=\"col\">\($0)</th>" }.joined()
        return "<table><thead><tr>\(head)</tr></thead><tbody>\(rows.joined(separator: "\n"))</tbody></table>"
    }

    private var lines: String {
        let lines = wiring.recent.all
        guard !lines.isEmpty else { return "<p>None so far.</p>" }
        let items = lines.map { line in
            let time = Timestamp.text(line.time)
            let text = Self.escaped(line.text)
            return
                "<li class=\"\(line.level.rawValue)\"><time datetime=\"\(time)\">\(time)</time> <code>\(text)</code></li>"
        }
        return "<ol>\(items.joined(separator: "\n"))</ol>"
    }
}

// How it is written.
extension StatusPage {
    private static func section(_ title: String, _ content: String, isWide: Bool = false) -> String {
        "<section\(isWide ? " class=\"wide\"" : "")><h2>\(title)</h2>\n\(content)</section>"
    }

    private static func list(_ pairs: [(String, String)]) -> String {
        "<dl>\(pairs.map { "<dt>\(escaped($0.0))</dt><dd>\(escaped($0.1))</dd>" }.joined(separator: "\n"))</dl>"
    }

    private static func seconds(_ seconds: Double?) -> String {
        guard let seconds else { return "–" }
        return seconds < 1 ? "\(Int((seconds * 1000).rounded())) ms" : "\((seconds * 10).rounded() / 10) s"
    }

    /// In the two largest units.
    static func duration(_ seconds: Double) -> String {
        let seconds = Int(clamping: max(seconds, 0).rounded(.down))
        let parts = [
            (seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "min"), (seconds % 60, "s"),
        ]
        let first = parts.firstIndex { $0.0 > 0 } ?? 3
        return parts[first...].prefix(2).map { "\($0.0) \($0.1)" }.joined(separator: " ")
    }

    /// Nothing of it can become markup, and nothing of it is not seen.
    static func escaped(_ text: String) -> String { HTMLEscaping.escaped(VisibleText.line(text)) }

    static let style = """
        :root {
          color-scheme: light dark;
          --page: #f6f7f8; --card: #fff; --text: #1b2428; --faint: #5c6b72; --line: #dfe4e7;
          --good: #0b6b52; --bad: #a8321f; --accent: #0f4c5c;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #12181b; --card: #1a2226; --text: #e6ecee; --faint: #9db0b8; --line: #2c383e;
            --good: #5fd0ae; --bad: #ff9b86; --accent: #7cc7da;
          }
        }
        * { box-sizing: border-box; }
        body {
          margin: 0 auto; max-width: 62rem; padding: 2rem 1.5rem; background: var(--page); color: var(--text);
          font: 15px/1.5 system-ui, Inter, sans-serif;
        }
        header { display: flex; align-items: center; gap: 1rem; margin-bottom: 1.5rem; }
        h1 { font-size: 1.5rem; margin: 0; }
        h2 { font-size: .8rem; letter-spacing: .05em; text-transform: uppercase; margin: 0 0 .75rem; color: var(--faint); }
        .state { margin: 0; padding: .1rem .7rem; border: 1px solid currentColor; border-radius: 1rem; font-size: .85rem; }
        .serving { color: var(--good); }
        .stopping, .error time { color: var(--bad); }
        main { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); }
        section { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1rem 1.25rem; }
        .wide { grid-column: 1 / -1; overflow-x: auto; }
        p { margin: 0; color: var(--faint); }
        dl { display: grid; grid-template-columns: 1fr auto; gap: .3rem 1rem; margin: 0; }
        dt { color: var(--faint); }
        dd { margin: 0; text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        th, td { padding: .35rem .5rem; text-align: right; border-top: 1px solid var(--line); }
        th:first-child { padding-left: 0; text-align: left; font-weight: 500; }
        td:last-child, th:last-child { padding-right: 0; }
        thead th { border-top: 0; color: var(--faint); font-weight: 500; font-size: .85rem; }
        ol { list-style: none; margin: 0; padding: 0; }
        li { padding: .35rem 0; border-top: 1px solid var(--line); }
        li:first-child { border-top: 0; }
        time { color: var(--faint); margin-right: .75rem; font-variant-numeric: tabular-nums; }
        code { font: 13px/1.5 ui-monospace, SFMono-Regular, monospace; overflow-wrap: anywhere; }
        footer { margin-top: 1.5rem; color: var(--faint); font-size: .85rem; }
        a { color: var(--accent); }

        """
}
