import HTTP
import HTTPServer
import Logging
import MCP

/// One line a request, when it is over: never what was sent in its fields, its query or its body.
struct AccessLog {
    private let log: Log
    private let source: any ConnectionSource

    init(_ log: Log, of source: any ConnectionSource) {
        self.log = log
        self.source = source
    }

    func write(_ transaction: Transaction, _ record: HTTPRecord) {
        let (head, facts) = (transaction.head, transaction.facts)
        let level = level(record.status, facts)
        guard level >= log.level else { return }
        let optional: [(String, String?)] = [
            ("account", facts.principal.map { $0.id.label }),
            ("revision", facts.revision?.rawValue),
            ("mcp", facts.method.map { method($0) }), ("tool", facts.tool.map { tool($0) }),
            ("client", facts.client), ("session", facts.session),
            ("reason", facts.reason), ("cause", facts.refusal?.cause),
            ("trace", head.fields["traceparent"].flatMap { Self.traceID($0) }),
        ]
        let fields: [Log.Field] =
            [
                ("id", transaction.id), ("method", head.method.rawValue),
                ("route", Self.route(head, transaction.rules)),
                ("status", record.status.description), ("ms", String(Int(record.duration / .milliseconds(1)))),
                ("in", String(record.bytesReceived)), ("out", String(record.bytesSent)),
                ("peer", transaction.rules.clientAddress(head)),
            ] + optional.compactMap { name, value in value.map { (name, $0) } }
        log.with(fields).write(level, "http")
    }

    /// What an operator may have to look into stands out.
    private func level(_ status: HTTPStatus, _ facts: Transaction.Facts) -> Log.Level {
        if status == 405 { return .debug }
        return status.rawValue >= 500 || facts.refusal?.cause != nil ? .warning : .info
    }

    /// The second part of `00-<32 hexadecimal digits>-<16>-<2>` (W3C Trace Context §3.2).
    private static func traceID(_ text: String) -> String? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[1].utf8.count == 32, parts[1].utf8.allSatisfy({ $0.isLowercaseHexadecimal })
        else {
            return nil
        }
        return String(parts[1])
    }

    /// One of those that are served, whatever was asked for.
    private func method(_ name: String) -> String { name == "initialize" || source.knows(name) ? name : "other" }

    private func tool(_ name: String) -> String { source.effect(of: name) == nil ? "other" : name }

    /// One of few, whatever was asked for.
    private static func route(_ head: HTTPRequestHead, _ rules: RequestRules) -> String {
        switch head.path {
        case "/mcp", "/mcp/", "/", "/health", "/ready": String(head.path)
        case let path: rules.route(String(path)) == nil ? "other" : String(path)
        }
    }
}

extension UInt8 {
    fileprivate var isLowercaseHexadecimal: Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self)
    }
}
