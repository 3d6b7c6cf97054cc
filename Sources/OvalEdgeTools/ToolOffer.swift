package import MCP
import Synchronization

/// Which of the tools are offered; it may change while they are served.
package final class ToolOffer: Sendable {
    private let names: Mutex<Set<String>>

    /// Of all tools, those whose names `isOffered` allows.
    package init(_ isOffered: (String) -> Bool = { _ in true }) { names = Mutex(Self.names(isOffered)) }

    /// True when other tools are offered than before.
    package func change(to isOffered: (String) -> Bool) -> Bool {
        let offered = Self.names(isOffered)
        return names.withLock { names in
            defer { names = offered }
            return names != offered
        }
    }

    private static func names(_ isOffered: (String) -> Bool) -> Set<String> {
        Set(Registry.tools.map { tool in tool.definition.name }.filter(isOffered))
    }

    package func contains(_ name: String) -> Bool { names.withLock { $0.contains(name) } }

    package var tools: [any Tool.Type] { Registry.tools.filter { tool in contains(tool.definition.name) } }
    package var listings: [ToolListing] { Registry.listings.filter { contains($0.definition.name) } }
}
