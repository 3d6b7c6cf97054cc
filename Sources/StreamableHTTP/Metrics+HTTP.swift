import HTTP
import HTTPServer
import Telemetry

extension Metrics {
    /// One request and how it was answered.
    func count(_ transaction: Transaction, _ record: HTTPRecord) {
        let (seconds, attoseconds) = record.duration.components
        answered(
            transaction.head.method.rawValue,
            Self.route(transaction),
            status: record.status.rawValue,
            after: Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
        )
        guard let refusal = transaction.refusal else { return }
        refused(refusal.code)
        if let limit = refusal.limit { rateLimited(limit) }
    }

    /// One of few, whatever was asked for.
    private static func route(_ transaction: Transaction) -> String {
        switch transaction.head.path {
        case "/mcp", "/mcp/": "/mcp"
        case let path where ["/", "/health", "/ready"].contains(path): path
        case let path: transaction.rules.route(path) == nil ? "other" : "open"
        }
    }
}
