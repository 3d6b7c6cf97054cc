package import JSON

/// What a tool is called and what it is for.
package struct ToolDefinition: Hashable, Sendable {
    package let name: String
    /// For people, in menus.
    package let title: String
    package var effect: Effect
    /// Whether a call reaches people or systems beyond the one that is served, as a ticket does.
    package let reachesOthers: Bool
    /// The words people use for what it does, for clients that search tools instead of showing all of them to the model.
    package let searchHint: String?
    /// One sentence for people and models.
    package let summary: String
    /// When to use it and when another, with the product's words explained; empty where the summary says all.
    package let guidance: String
    /// What shows its answers to people whose client can.
    package let view: View?
    package let icons: [Icon]
    package let meta: JSON?

    package init(
        name: String,
        title: String,
        effect: Effect,
        reachesOthers: Bool = false,
        searchHint: String? = nil,
        summary: String,
        guidance: String = "",
        view: View? = nil,
        icons: [Icon] = [],
        meta: JSON? = nil
    ) {
        self.name = name
        self.title = title
        self.effect = effect
        self.reachesOthers = reachesOthers
        self.searchHint = searchHint
        self.summary = summary
        self.guidance = guidance
        self.view = view
        self.icons = icons
        self.meta = meta
    }

    /// The description on the wire.
    package var description: String { guidance.isEmpty ? summary : "\(summary)\n\n\(guidance)" }
}
