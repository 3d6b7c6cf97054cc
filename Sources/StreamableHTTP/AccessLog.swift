import HTTP
import HTTPServer
import Logging
import MCP

/// One line a request, when it is over: never what was sent in its fields, its query or its body.
struct AccessLog {
    private let log: Log
    private let server: Server

    init(_ log: Log, of server: Server) {
        self.log = log
        self.server = server
    }

    func write(_ transaction: Transaction, _ record: HTTPRecord) {
        let level: Log.Level = record.status == 405 ? .debug : record.status.rawValue >= 500 ? .warning : .info
        guard level >= log.level else { return }
        let (head, facts) = (transaction.head, transaction.facts)
        let optional: [(String, String?)] = [
            ("account", facts.principal.map { $0.id.label }),
            ("revision", facts.revision?.rawValue),
            ("mcp", facts.method.map { method($0) }), ("tool", facts.tool.map { tool($0) }),
            ("client", facts.client), ("session", facts.session),
            ("reason", facts.reason),
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
    private func method(_ name: String) -> String { name == "initialize" || server.knows(name) ? name : "other" }

    private func tool(_ name: String) -> String { server.tools?.effect(of: name) == nil ? "other" : name }

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
