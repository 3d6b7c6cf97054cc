package import JSON
import Text

/// One of a few names, all of which the schema lists: a `String`-backed `CaseIterable` enumeration needs nothing more.
package protocol ArgumentChoice: ArgumentValue, CaseIterable, RawRepresentable<String> {
    /// The choice that people have another word for, such as `table` for `oetable`; asked where no name fits.
    static func meant(by word: String) -> Self?
}

extension ArgumentChoice {
    package static var schema: JSON { ["type": "string", "enum": .strings(allCases.map { $0.rawValue })] }
    package static var placeholder: Self { allCases[allCases.startIndex] }
    package static func meant(by word: String) -> Self? { nil }

    package static func read(_ json: JSON, as name: String) throws(ArgumentMistakes) -> Self? {
        guard let text = try String.read(json, as: name) else { return nil }
        let known = allCases.map { $0.rawValue }
        if json.isBlankText, !known.contains(text) { return nil }
        return try Self(rawValue: KnownNames.match(text, known, as: name) { meant(by: $0)?.rawValue })
    }

    package var literal: JSON? { .string(rawValue) }
}

/// One of so many names that the schema does not list them; a wrong one is answered with the nearest.
package protocol ArgumentName: ArgumentValue {
    /// In the spelling that is sent on.
    static var known: [String] { get }
    /// The known name that people have another word for; asked where no name fits.
    static func name(meantBy word: String) -> String?
    init(known name: String)
}

extension ArgumentName {
    package static var schema: JSON { ["type": "string"] }
    package static func name(meantBy word: String) -> String? { nil }

    package static func read(_ json: JSON, as name: String) throws(ArgumentMistakes) -> Self? {
        guard let text = try String.read(json, as: name) else { return nil }
        return Self(known: try KnownNames.match(text, known, as: name) { self.name(meantBy: $0) })
    }
}

private enum KnownNames {
    /// The known spelling of `text`; case, spaces, underscores and hyphens do not count when nothing is spelled exactly so.
    static func match(
        _ text: String,
        _ known: [String],
        as name: String,
        meaning: (String) -> String?
    ) throws(ArgumentMistakes) -> String {
        if known.contains(text) { return text }
        if let match = known.first(where: { Suggestion.isSame($0, text) }) ?? meaning(text) { return match }
        throw ArgumentMistakes([sentence(text, known, as: name)])
    }

    private static func sentence(_ text: String, _ known: [String], as name: String) -> String {
        let start = "`\(name)` cannot be `\(ArgumentMistakes.shown(text))`"
        let nearest = Suggestion.nearest(to: text, among: known)
        let choices = known.count <= 30 ? " It is one of \(known.joined(separator: ", "))." : ""
        if let nearest {
            return "\(start); did you mean `\(nearest)`?" + (known.count <= 12 ? choices : "")
        }
        return choices.isEmpty
            ? "\(start), and nothing like it is known. For example: \(known.prefix(12).joined(separator: ", "))."
            : "\(start)." + choices
    }
}
