import JSON
import JSONRPC

extension ConnectionMethod {
    static let logging = [
        "logging/setLevel": ConnectionMethod(if: { server, revision in
            server.logsFrom != nil && !revision.isStateless
        }) { (connection, _, params, _, _) throws(RPCError) in
            guard let level = params["level"] else { throw .invalidParams("`level` is missing.") }
            connection.setLogLevel(try ClientLog.Level(level, called: "level"))
            return .now(.success(.emptyObject))
        }
    ]
}

extension ClientLog.Level {
    init(_ json: JSON, called name: String) throws(RPCError) {
        guard let level = json.string.flatMap({ ClientLog.Level(rawValue: $0) }) else {
            let names = Self.allCases.map { $0.rawValue }.joined(separator: ", ")
            throw .invalidParams("`\(name)` must be one of \(names).")
        }
        self = level
    }
}
