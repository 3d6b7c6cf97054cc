/// What a call does to the catalog; from it follow three of the hints of `ToolAnnotations`, never written by hand.
///
/// What `runs` sets something going and leaves the catalog as it is.
package enum Effect: String, CaseIterable, Sendable {
    case reads, runs, adds, changes, removes

    package var isReadOnly: Bool { self == .reads }
    package var isDestructive: Bool { self == .changes || self == .removes }
    package var isIdempotent: Bool { self != .adds }
}
