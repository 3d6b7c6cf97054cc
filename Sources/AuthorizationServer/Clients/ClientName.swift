import Text

/// What a client calls itself, short and harmless to look at.
package enum ClientName {
    /// In scalars, since any number of them may be drawn in the place of one.
    static let longest = 64

    /// Without control characters, those that turn text round and those that are not seen; nil where nothing is left.
    package static func shown(_ text: String?) -> String? {
        guard let text else { return nil }
        let kept = String(String.UnicodeScalarView(text.unicodeScalars.lazy.filter { !isHidden($0) }))
        let name = String(String.UnicodeScalarView(kept.trimmed.unicodeScalars.prefix(longest))).trimmed
        return name.isEmpty ? nil : name
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.properties.isDefaultIgnorableCodePoint { return true }
        return switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: true
        default: false
        }
    }
}
