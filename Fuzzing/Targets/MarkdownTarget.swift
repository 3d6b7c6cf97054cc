import MCP
import OvalEdge
import Rendering

extension FuzzTarget {
    /// Catalog text has no power over the answer in which it stands, hides nothing in it, and does not inflate it.
    static let markdown = FuzzTarget("markdown") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        let clean = Untrusted.cleaned(text)
        try hold(Untrusted.cleaned(clean) == clean, "What was cleaned is not clean: \(clean)")
        // A control character becomes ⟨U+0001⟩.
        try hold(clean.utf8.count <= text.utf8.count * 12, "Cleaned it is much longer: \(clean)")
        let line = Array(Inline("\(escaped: text)").text.utf8)
        try hold(!line.contains(UInt8(ascii: "\n")), "A line is broken: \(text)")
        try hold(line.count <= clean.utf8.count * 2, "Escaped it is much longer: \(text)")
        try hold(powerless(line), "Something has power: \(String(decoding: line, as: UTF8.self))")
        let code = Array(Inline("\(code: text)").text.utf8)
        try hold(code.count { $0 == UInt8(ascii: "`") } == 2 && !code.contains(UInt8(ascii: "\n")), "No code: \(text)")
        try holdLink(to: text)
        try holdFence(around: text)
    }

    /// Whether a backslash stands before every byte that could begin something.
    private static func powerless(_ line: [UInt8]) -> Bool {
        var isEscaped = false
        for byte in line {
            if !isEscaped, "`*[]<|".utf8.contains(byte) { return false }
            isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
        }
        return true
    }

    private static func holdLink(to text: String) throws(Broken) {
        for start in ["https://a/", "http://[::1]/", "https://["] {
            let link = Inline("\(link: "x", to: start + text)").text
            let inside = link.dropFirst("[x](".count).dropLast()
            let isWhole = link.hasPrefix("[x](") && link.hasSuffix(")")
            try hold(
                isWhole && !inside.utf8.contains { "()<>\"`|* \\".utf8.contains($0) },
                "A link ends early: \(link)"
            )
        }
    }

    private static func holdFence(around text: String) throws(Broken) {
        let mark = UntrustedDelimiter("k3x9q2")
        guard !text.contains(mark.word) else { return }
        var markdown = Markdown()
        markdown.quote(RichText(text, .html).lines)
        markdown.code(text, in: "sql")
        let answer = AnswerBudget(tokens: 1_000_000).fitted(SizedAnswer(Answer(markdown.text)), marking: mark)
        // Twice each, and once in the sentence that says what they are.
        let (opened, closed) = (answer.text.count(of: "«\(mark.word)"), answer.text.count(of: "\(mark.word)»"))
        try hold(opened == 3 && closed == 3, "A fence is opened \(opened) and closed \(closed) times: \(answer.text)")
    }
}

extension String {
    fileprivate func count(of part: String) -> Int {
        let (bytes, wanted) = (Array(utf8), Array(part.utf8))
        return bytes.indices.count { bytes[$0...].starts(with: wanted) }
    }
}
