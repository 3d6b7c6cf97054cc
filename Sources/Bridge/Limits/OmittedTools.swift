import Synchronization

/// How much of a server's list of tools is taken.
package struct ListLimits: Hashable, Sendable {
    package let tools: Int
    /// Of all tools together, as JSON.
    package let bytes: Int

    package init(tools: Int, bytes: Int) {
        self.tools = tools
        self.bytes = bytes
    }
}

/// What was left out of a server's tools when they were last listed, for who shows it (`/ready`).
package final class OmittedTools: Sendable {
    package enum Extent: Hashable, Sendable {
        /// So many at least.
        case several(Int)
        /// The list itself was too large to be read.
        case all
    }

    /// Where a list says how many tools are left out of it.
    package static let key = "oe-mcp/omitted"

    private let state = Mutex<Extent?>(nil)

    package init() {}

    /// Nil where nothing was.
    package var extent: Extent? { state.withLock { $0 } }

    /// False where that was known.
    func note(_ extent: Extent?) -> Bool {
        state.withLock { known in
            defer { known = extent }
            return known != extent
        }
    }
}
