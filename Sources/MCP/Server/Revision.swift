/// A revision of the Model Context Protocol that is spoken here.
package enum Revision: String, CaseIterable, Comparable, Sendable {
    case november2024 = "2024-11-05"
    case march2025 = "2025-03-26"
    case june2025 = "2025-06-18"
    case november2025 = "2025-11-25"
    case july2026 = "2026-07-28"

    /// The newest that `initialize` may agree to; later ones have no handshake.
    package static let newestWithHandshake = Revision.november2025

    /// Whether each request describes itself in `_meta` (2026-07-28 on) instead of a session doing so.
    package var isStateless: Bool { self >= .july2026 }

    /// Revisions are dates, so their texts compare as they do.
    package static func < (a: Revision, b: Revision) -> Bool { a.rawValue < b.rawValue }
}
