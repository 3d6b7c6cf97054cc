package import MCP
import OvalEdge
import Synchronization
package import Writes

/// Which of the tools are offered, how much they may write, and how a person agrees to that; it may change while they
/// are served.
package final class ToolAccess: WriteAccess {
    /// How much of what is offered someone may use.
    package enum Extent: Sendable {
        case nothing
        /// The tools that can change nothing.
        case reading
    }

    private struct State {
        let names: Set<String>
        let families: Set<WriteFamily>
        let confirmBy: ConfirmBy
        let audience: Audience

        /// What is not allowed to write is not offered, whatever the names say.
        init(_ families: Set<WriteFamily>, _ confirmBy: ConfirmBy, _ isOffered: (String) -> Bool) {
            let tools = Registry.tools.filter { tool in
                isOffered(tool.definition.name) && tool.writing?.isOffered(allowing: families) ?? true
            }
            names = Set(tools.map { tool in tool.definition.name })
            self.families = families
            self.confirmBy = confirmBy
            audience = Audience((names.sorted() + families.map { $0.rawValue }.sorted()).joined(separator: " "))
        }

        func limited(to extent: Extent) -> State {
            State([], confirmBy) { name in
                extent == .reading && names.contains(name)
                    && Registry.tools.contains { tool in
                        tool.definition.name == name && tool.definition.effect.isReadOnly
                    }
            }
        }
    }

    private let state: Mutex<State>
    /// What is limited changes with it.
    private let limited = Mutex<[(extent: Extent, access: ToolAccess)]>([])

    /// Of all tools, those whose names `isOffered` allows and that write no more than `families`.
    package init(
        allowing families: Set<WriteFamily> = [],
        confirmBy: ConfirmBy = .auto,
        _ isOffered: (String) -> Bool = { _ in true }
    ) {
        state = Mutex(State(families, confirmBy, isOffered))
    }

    private init(_ state: State) { self.state = Mutex(state) }

    /// So much of it, whatever it will be.
    package func limited(to extent: Extent) -> ToolAccess {
        let access = ToolAccess(state.withLock { $0 }.limited(to: extent))
        limited.withLock { $0.append((extent, access)) }
        return access
    }

    /// True when something else is offered than before; without `families` and `confirmBy` these stay.
    package func change(
        allowing families: Set<WriteFamily>? = nil,
        confirmBy: ConfirmBy? = nil,
        to isOffered: (String) -> Bool
    ) -> Bool {
        let next = State(families ?? self.families, confirmBy ?? self.confirmBy, isOffered)
        for (extent, access) in limited.withLock({ $0 }) {
            access.state.withLock { $0 = next.limited(to: extent) }
        }
        return state.withLock { state in
            defer { state = next }
            return state.names != next.names || state.families != next.families
        }
    }

    /// Those who may use the same are listed the same.
    package var audience: Audience { state.withLock { $0.audience } }

    package var confirmBy: ConfirmBy { state.withLock { $0.confirmBy } }

    package var families: Set<WriteFamily> { state.withLock { $0.families } }

    package func contains(_ name: String) -> Bool { state.withLock { $0.names.contains(name) } }

    package var tools: [any Tool.Type] { Registry.tools.filter { tool in contains(tool.definition.name) } }
    package var listings: [ToolListing] { tools.map { [families] tool in tool.listing(allowing: families) } }

    /// Why a tool may not be called here; nil when it may.
    func obstacle(to tool: any Tool.Type, _ remedies: RemedyTexts) -> String? {
        let name = tool.definition.name
        if contains(name) { return nil }
        if let writing = tool.writing, !writing.isOffered(allowing: families) {
            let remedy = remedies.sentence(.allowWrites(family: writing.family.rawValue))
            return "The tool `\(name)` is disabled: this server may not write. \(remedy)"
        }
        return remedies.sentence(.enableTool(name))
    }
}
