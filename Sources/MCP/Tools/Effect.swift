/// What a call does to the catalog; from it follow the four hints of `ToolAnnotations`, never written by hand.
package enum Effect: String, CaseIterable, Sendable {
    case reads, adds, changes, removes

    package var isReadOnly: Bool { self == .reads }
    package var isDestructive: Bool { self == .changes || self == .removes }
    package var isIdempotent: Bool { self != .adds }
}
