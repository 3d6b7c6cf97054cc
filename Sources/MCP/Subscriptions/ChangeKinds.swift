import JSON
import JSONRPC

/// What can change while a server runs, so that its clients are to be notified.
package struct ChangeKinds: OptionSet, Hashable, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    /// Which tools there are.
    package static let tools = ChangeKinds(rawValue: 1)
    /// Which prompts there are.
    package static let prompts = ChangeKinds(rawValue: 2)
    /// Which resources, or templates of resources, there are.
    package static let resources = ChangeKinds(rawValue: 4)
    /// What a resource holds when it is read.
    package static let contents = ChangeKinds(rawValue: 8)
}

/// One thing that has changed.
enum ChangeEvent: Hashable, Sendable {
    case tools, prompts, resources
    case contents(uri: String)

    /// One for each list that `changes` names.
    static func lists(_ changes: ChangeKinds) -> [ChangeEvent] {
        [.tools, .prompts, .resources].filter { changes.contains($0.kind) }
    }

    var kind: ChangeKinds {
        switch self {
        case .tools: .tools
        case .prompts: .prompts
        case .resources: .resources
        case .contents: .contents
        }
    }

    /// The lists that are to be made again.
    var pages: [List] {
        switch self {
        case .tools: [.tools]
        case .prompts: [.prompts]
        case .resources: [.resources, .resourceTemplates]
        case .contents: []
        }
    }

    /// The notice of it; `subscription` is the id of the listening that it is sent for (2026-07-28).
    func notification(for subscription: RequestID?) -> Notification {
        let meta = subscription.map { Subscription.meta($0) }
        return switch self {
        case .tools: Self.listChanged("tools", meta)
        case .prompts: Self.listChanged("prompts", meta)
        case .resources: Self.listChanged("resources", meta)
        case .contents(let uri):
            Notification(
                "notifications/resources/updated",
                params: .members(("_meta", meta), ("uri", .string(uri)))
            )
        }
    }

    private static func listChanged(_ list: String, _ meta: JSON?) -> Notification {
        Notification("notifications/\(list)/list_changed", params: meta.map { ["_meta": $0] })
    }
}
