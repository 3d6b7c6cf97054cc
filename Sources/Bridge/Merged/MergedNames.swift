import JSON
import JSONRPC
import MCPClient
import Synchronization

/// Under which names what one of several servers has is offered; all of it is looked up in tables that its lists have filled.
final class MergedNames: Sendable {
    private struct Resources {
        /// What the server calls each that is offered.
        var originals: [String: String] = [:]
        /// What stands before the first variable of each template.
        var beginnings: Set<String> = []
    }

    let alias: ServerAlias
    let tools: OfferedNames
    let prompts: OfferedNames
    private let resources = Mutex(Resources())

    init(_ alias: ServerAlias) {
        self.alias = alias
        tools = OfferedNames(of: alias)
        prompts = OfferedNames(of: alias)
    }

    /// A URI stays as it is, unless another server has offered the same.
    func offer(uri: String, isTaken: Bool) -> String {
        let offered = isTaken ? "\(alias.text)+\(uri)" : uri
        resources.withLock { $0.originals[offered] = uri }
        return offered
    }

    func offer(template: String) {
        let beginning = String(template.prefix { $0 != "{" })
        resources.withLock { _ = $0.beginnings.insert(beginning) }
    }

    func original(ofURI offered: String) -> String? { resources.withLock { $0.originals[offered] } }

    /// Under which URI one of the server's is offered.
    func offered(uri: String) -> String {
        resources.withLock { resources in
            guard resources.originals[uri] != uri else { return uri }
            return resources.originals.first { $0.value == uri }?.key ?? uri
        }
    }

    /// Whether a template of this server may have made the URI.
    func mayHaveMade(_ uri: String) -> Bool {
        resources.withLock { $0.beginnings.contains { !$0.isEmpty && uri.hasPrefix($0) } }
    }
}

/// What one of several servers reports, in the names under which it is offered.
struct MergedEvents: RemoteSessionEvents {
    private let base: any RemoteSessionEvents
    private let names: MergedNames

    init(_ base: any RemoteSessionEvents, _ names: MergedNames) {
        self.base = base
        self.names = names
    }

    func notified(_ notification: Notification) {
        guard notification.method == "notifications/resources/updated", let uri = notification.params?["uri"]?.string
        else { return base.notified(notification) }
        var params = notification.params
        params?["uri"] = .string(names.offered(uri: uri))
        base.notified(Notification(notification.method, params: params))
    }

    func asked(_ method: String, _ params: JSON?) async -> Outcome { await base.asked(method, params) }
    func reconnected() { base.reconnected() }
}
