/// A revision of the Model Context Protocol that is spoken here.
///
/// In the order of their dates: every request asks which of two came first, and what a text names.
package enum Revision: CaseIterable, Comparable, Sendable {
    case november2024, march2025, june2025, november2025, july2026

    /// The newest that `initialize` may agree to; later ones have no handshake.
    package static let newestWithHandshake = Revision.november2025

    /// Whether each request describes itself in `_meta` (2026-07-28 on) instead of a session doing so.
    package var isStateless: Bool { self >= .july2026 }
}

extension Revision: RawRepresentable {
    package var rawValue: String {
        switch self {
        case .november2024: "2024-11-05"
        case .march2025: "2025-03-26"
        case .june2025: "2025-06-18"
        case .november2025: "2025-11-25"
        case .july2026: "2026-07-28"
        }
    }

    package init?(rawValue: String) {
        guard let revision = Self.allCases.last(where: { $0.rawValue == rawValue }) else { return nil }
        self = revision
    }
}
