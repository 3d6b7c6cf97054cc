import Text

/// Text as a search needs it.
extension String {
    /// Without the white space around it; nil when nothing is left.
    var nonBlank: String? {
        let text = trimmed
        return text.isEmpty ? nil : text
    }

    func equals(_ other: String) -> Bool { lowercased() == other.lowercased() }

    /// Its words in lower case, split at everything but letters, digits and `_`.
    var words: [String] {
        lowercased().split { !($0.isLetter || $0.isNumber || $0 == "_") }.map { String($0) }
    }

    /// What a question is about: its words without the small ones.
    var topicWords: [String] { words.filter { $0.count > 2 && !Self.smallWords.contains($0) } }

    private static let smallWords: Set<String> = [
        "about", "all", "and", "any", "are", "can", "data", "does", "find", "for", "from", "give", "has", "have", "how",
        "into", "list", "our", "show", "tell", "that", "the", "there", "this", "use", "used", "was", "what", "when",
        "where", "which", "who", "why", "with", "you",
    ]

    /// The text between HTML tags, for people.
    var withoutTags: String {
        guard contains("<") else { return self }
        var text = ""
        var isInTag = false
        for character in self {
            switch character {
            case "<":
                isInTag = true
                if let last = text.last, !last.isWhitespace { text.append(" ") }
            case ">" where isInTag: isInTag = false
            default: if !isInTag { text.append(character) }
            }
        }
        return text.nonBlank ?? ""
    }
}
