import MCP
import Synchronization

/// The clients of one account that have answered a form, whatever they said; by their names.
package final class FormClients: Sendable {
    private let names = Mutex<Set<String?>>([])
    /// A client may name itself as it likes.
    private static let most = 100

    package init() {}

    func insert(_ context: RequestContext) {
        names.withLock { names in
            if names.count < Self.most { names.insert(context.clientName) }
        }
    }

    func contains(_ context: RequestContext) -> Bool { names.withLock { $0.contains(context.clientName) } }
}
