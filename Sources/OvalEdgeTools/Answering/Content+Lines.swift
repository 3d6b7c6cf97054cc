import MCP

extension Content {
    /// A text whose long lines are cut, and of which the middle is left out when there are too many lines.
    func lines(cutTo portion: Portion) -> Content {
        guard let text else { return self }
        let lines: [Substring] = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        // The end of an answer says what to do.
        let end = lines.suffix(min(Self.mostAtEnd, lines.count))
        let start = lines.dropLast(end.count).prefix(portion.items)
        let left = lines.count - start.count - end.count
        var shown = Array(start)
        if left > 0 { shown.append("… (\(left) of \(lines.count) lines left out)") }
        return .text((shown + end).map { Self.line(String($0), to: portion.characters) }.joined(separator: "\n"))
    }

    private static let mostAtEnd = 12

    private static func line(_ line: String, to limit: Int) -> String {
        guard let cut = Cut.text(line, to: max(limit, shortest)) else { return line }
        return "\(cut) (\(cut.count - 2) of \(line.count) characters)"
    }

    /// Sentences of our own are whole.
    private static let shortest = 400
}
