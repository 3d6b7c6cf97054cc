import JSON
import MCP
import OvalEdgeTools
import Rendering
import Testing
import Text

/// The two halves of an answer, its text and its JSON, compared for what a model needs to go on.
struct Halves {
    private struct Line {
        /// As it reads.
        let plain: String
        /// What is code in it; the backticks of strangers are escaped.
        let code: [String]

        init(_ text: Substring) {
            plain = Inline("\(words: String(text))").plain
            code = text.utf8.contains(UInt8(ascii: "`")) ? Self.code(in: Array(text.utf8)) : []
        }

        private static func code(in text: [UInt8]) -> [String] {
            var code: [String] = []
            var isCode = false
            var start = 0
            for (index, byte) in text.enumerated() where byte == UInt8(ascii: "`") {
                if !isCode, index > 0, text[index - 1] == UInt8(ascii: "\\") { continue }
                if isCode { code.append(String(decoding: text[start..<index], as: UTF8.self)) }
                start = index + 1
                isCode.toggle()
            }
            return code
        }
    }

    private let lines: [Line]
    private let notes: [String]
    private let structured: JSON?

    init(_ answer: Answer) {
        structured = answer.isFailure ? nil : answer.structured
        notes = structured?["notes"]?.array?.compactMap { $0.string } ?? []
        lines = Self.lines(of: answer, without: structured?["preview"]?.string)
    }

    /// Nothing where the answer has one half.
    var differences: [String] { notInText + notInData }

    /// Notes that a model with the text alone does not get.
    private var notInText: [String] {
        guard !notes.isEmpty else { return [] }
        let text = lines.map { $0.plain }.joined(separator: "\n")
        return notes.filter { !$0.hasPrefix("Catalog text is in ") && !text.contains($0) }
            .map { "“\($0)” is in the notes, and not in the text." }
    }

    /// Lines with an argument or a tool in them that a model with the JSON alone does not get.
    private var notInData: [String] {
        guard structured != nil else { return [] }
        return lines.filter { line in Self.directs(line) && !Self.isTold(line) && !isNoted(line) }
            .map { "“\($0.plain)” says what to do, and is not in the notes: write it with `note`." }
    }

    /// Lines in the imperative that a model with the JSON alone does not get; for answers without text of strangers.
    var imperatives: [String] {
        guard structured != nil else { return [] }
        return lines.filter { line in Self.verbs.contains { line.plain.contains($0) } && !isNoted(line) }.map {
            $0.plain
        }
    }

    private func isNoted(_ line: Line) -> Bool { notes.contains { line.plain.contains($0) } }

    /// All that is not shown is in the data, or is a fact that has an argument's name.
    private static func isTold(_ line: Line) -> Bool {
        line.plain.hasPrefix("Not shown, but with `detail` `full`") || line.plain.hasPrefix("- `")
    }

    private static func directs(_ line: Line) -> Bool { line.code.contains { names.contains($0) } }

    private static let names: Set<String> = Registry.tools.reduce(into: []) { names, tool in
        names.insert(tool.definition.name)
        names.formUnion(tool.inputSchema["properties"]?.object?.names ?? [])
    }

    private static let verbs = [
        "call again", "Call ", "call with", "Ask ", "ask ", "Raise ", "raise ", "Narrow", "narrow ", "Leave out",
        "Show ",
        "Send ", "send ", "Pass ", "pass ", "Give ", "give ", "Try ", "try ", "Assess ", "Correct ", "check it",
        "check its", "check the",
        "Look ", "Next:", "Nothing has been written", "nothing was written", "were left out", "is left out", "Tell ",
    ]

    /// As they read, without what strangers wrote over several lines and without the preview.
    private static func lines(of answer: Answer, without preview: String?) -> [Line] {
        var text = answer.text
        if let preview, let place = text.range(ofFirst: preview) { text.removeSubrange(place) }
        var lines: [Line] = []
        var isQuoted = false
        for line in text.split(separator: "\n") {
            if !isQuoted, !line.hasPrefix("Catalog text stands between") {
                lines.append(Line(line))
            }
            // A fence stands alone on its line.
            if line.hasPrefix("«"), !line.contains("»") { isQuoted = true }
            if line.hasSuffix("»"), !line.contains("«") { isQuoted = false }
        }
        return lines
    }
}

extension Answer {
    /// Fails the test where a client that shows a model one half would keep something from it.
    func checkingHalves(at location: SourceLocation = #_sourceLocation) -> Answer {
        let differences = Halves(self).differences
        #expect(differences == [], sourceLocation: location)
        return self
    }
}
