/// Which tools of a server are shown and may be called; what is not is as if it were not
/// there.
package struct ToolFilter: Hashable, Sendable {
    private let included: [Glob]
    private let excluded: [Glob]

    /// Patterns for the names that the server itself gives its tools; with none included, all are that are not excluded.
    package init(include: [String] = [], exclude: [String] = []) {
        included = include.map { Glob($0) }
        excluded = exclude.map { Glob($0) }
    }

    package static let everything = ToolFilter()

    /// Nothing is left out.
    package var isEverything: Bool { included.isEmpty && excluded.isEmpty }

    package func allows(_ name: String) -> Bool {
        (included.isEmpty || included.contains { $0.matches(name) }) && !excluded.contains { $0.matches(name) }
    }
}
