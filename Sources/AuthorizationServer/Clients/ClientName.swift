import Text

/// What a client calls itself, short and harmless to look at.
package enum ClientName {
    static let longest = 64

    /// Without control characters and those that turn text round; nil where nothing is left.
    package static func shown(_ text: String?) -> String? {
        guard let text else { return nil }
        let kept = text.unicodeScalars.filter { !isHidden($0) }
        let name = String(String(String.UnicodeScalarView(kept)).trimmed.prefix(longest)).trimmed
        return name.isEmpty ? nil : name
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: true
        default: false
        }
    }
}
