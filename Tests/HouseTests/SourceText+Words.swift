extension SourceText {
    struct Words {
        var comment = ""
        var quoted = ""
    }

    /// The words of each line that are not code.
    var words: [Words] {
        var isInText = false
        return lines.map { line in
            let quotes = line.ranges(of: "\"\"\"")
            guard let quote = quotes.first, quotes.count == 1 else { return Self.words(of: line, isInText: isInText) }
            defer { isInText.toggle() }
            return Self.words(of: isInText ? line[quote.upperBound...] : line[..<quote.lowerBound], isInText: false)
        }
    }

    /// What is put into a quoted text is code, in which texts may be quoted in turn.
    private static func words(of line: Substring, isInText: Bool) -> Words {
        let text = -1
        // Text, or code with so many parentheses open.
        var places = [isInText ? text : 0]
        var words = Words()
        var rest = line
        while let character = rest.popFirst() {
            let last = places.count - 1
            switch character {
            case "\\" where places[last] == text:
                if rest.popFirst() == "(" { places.append(0) } else { words.quoted.append(" ") }
            case "\"" where places[last] == text && (last > 0 || !isInText):
                places.removeLast()
                words.quoted.append(" ")
            case _ where places[last] == text: words.quoted.append(character)
            case "\"": places.append(text)
            case "/" where rest.first == "/":
                words.comment = String(rest.dropFirst())
                return words
            case "(": places[last] += 1
            case ")" where places[last] > 0: places[last] -= 1
            case ")" where last > 0: places.removeLast()
            default: break
            }
        }
        return words
    }
}
