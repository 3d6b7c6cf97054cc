import JSON
import MCP
import OvalEdge
import OvalEdgeTools
import Rendering
import Synchronization
import Testing
import Text

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Catalog text made to cost more than its length, by the number of its pieces.
struct HostileText: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let text: @Sendable (_ pieces: Int) -> String

    private init(_ name: String, _ text: @escaping @Sendable (Int) -> String) {
        testDescription = name
        self.text = text
    }

    private init(_ name: String, repeating piece: String, between start: String = "", _ end: String = "") {
        self.init(name) { start + String(repeating: piece, count: $0) + end }
    }

    static let all = [
        HostileText("nested lists") { String(repeating: "<ul>", count: $0) + String(repeating: "<li>a", count: $0) },
        HostileText("lists in items", repeating: "<ol><li>a"),
        HostileText("zero-width pairs", repeating: "a\u{200B}"),
        HostileText("unclosed tags", repeating: "<a href=\""),
        HostileText("quotes of two kinds", repeating: "<a b=\"<a b='"),
        HostileText("tags without an end", repeating: "<b "),
        HostileText("comments in a script", repeating: "<!--", between: "<script>"),
        HostileText("closing tags in a script", repeating: "</b '", between: "<script>"),
        HostileText("comments", repeating: "<!-- - -- "),
        HostileText("links", repeating: "<a href=\"http://a.b\">c</a>"),
        HostileText("table cells", repeating: "<td>a"),
        HostileText("entities", repeating: "&amp;"),
        HostileText("ampersands", repeating: "&"),
        HostileText("combining marks", repeating: "\u{301}", between: "a"),
        HostileText("flags", repeating: "\u{1F1E9}\u{1F1EA}"),
        HostileText("black flags", repeating: "\u{1F3F4}\u{E0067}"),
        HostileText("families", repeating: "\u{1F468}\u{200D}"),
        HostileText("backticks", repeating: "`"),
        HostileText("backticks apart", repeating: "` "),
        HostileText("fences", repeating: "«\u{1} "),
        HostileText("pipes", repeating: "|"),
        HostileText("brackets", repeating: "["),
        HostileText("underscores", repeating: "_"),
        HostileText("one long word", repeating: "a"),
        HostileText("blanks", repeating: " ", between: "a", "a"),
        HostileText("line breaks", repeating: "\n"),
    ]
}

/// What four times as much of a text may cost more: linear work four times, quadratic work sixteen times.
private let mostGrowth = 8.0

/// The processor time that `work` takes for four times as many pieces, in that for `pieces`: the best of a few tries.
private func growth(of text: HostileText, pieces: Int, _ work: (String) -> Void) -> Double {
    let (short, long) = (text.text(pieces), text.text(pieces * 4))
    var (best, least) = (Double.infinity, (short: Double.infinity, long: Double.infinity))
    for _ in 0..<6 {
        least.short = min(least.short, seconds { work(short) })
        least.long = min(least.long, seconds { work(long) })
        best = least.long / max(least.short, 1e-9)
        // What takes no time to speak of does not grow.
        if best < mostGrowth || least.long < 0.002 { return min(best, mostGrowth - 1) }
    }
    return best
}

/// Of this thread alone, so that a busy machine does not count.
private func seconds(_ work: () -> Void) -> Double {
    func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
    let start = now()
    work()
    return now() - start
}

@Suite struct `Hostile text` {
    private static let pieces = 500

    @Test(arguments: HostileText.all)
    func `is read as HTML in time that grows with its length`(_ text: HostileText) {
        #expect(growth(of: text, pieces: Self.pieces) { _ = HTMLText($0).plain } < mostGrowth)
        for pieces in [1000, 4000] {
            let text = text.text(pieces)
            #expect(HTMLText(text).plain.utf8.count <= text.utf8.count * 4)
        }
    }

    @Test(arguments: HostileText.all)
    func `is cleaned in time that grows with its length`(_ text: HostileText) {
        #expect(growth(of: text, pieces: Self.pieces * 8) { _ = Untrusted.cleaned($0) } < mostGrowth)
    }

    @Test(arguments: HostileText.all)
    func `is written in time that grows with its length`(_ text: HostileText) {
        #expect(growth(of: text, pieces: Self.pieces) { _ = Inline("\(escaped: $0)\(code: $0)") } < mostGrowth)
        #expect(growth(of: text, pieces: Self.pieces) { _ = Inline("\(excerpt: $0, upTo: 100_000)") } < mostGrowth)
        #expect(growth(of: text, pieces: Self.pieces) { _ = Inline("\(excerpt: $0, upTo: $0.count / 2)") } < mostGrowth)
        #expect(growth(of: text, pieces: Self.pieces) { _ = Inline("\(address: $0)") } < mostGrowth)
        let written = growth(of: text, pieces: Self.pieces) { text in
            var markdown = Markdown()
            markdown.code(text, in: "sql")
            markdown.quote(RichText(text, .plain).lines)
            _ = AnswerBudget(tokens: 1_000_000).fitted(SizedAnswer(Answer(markdown.text)))
        }
        #expect(written < mostGrowth)
    }

    @Test(arguments: HostileText.all)
    func `is cut and counted in time that grows with its length`(_ text: HostileText) {
        let cut = growth(of: text, pieces: Self.pieces) { text in
            _ = SizeLimits(characters: text.count - 1).of(RichText(text, .plain).lines)
        }
        #expect(cut < mostGrowth)
        #expect(growth(of: text, pieces: Self.pieces) { _ = TokenEstimate.tokens(in: $0) } < mostGrowth)
        let compared = growth(of: text, pieces: Self.pieces) { text in
            _ = Suggestion.nearest(to: text, among: ["object_type", text])
            _ = Suggestion.nearest(to: "object_type", among: [text])
            _ = Suggestion.isSame(text, text)
            _ = text.holds(text + "b") || (text + "b" + text).holds(text + "c")
        }
        #expect(compared < mostGrowth)
    }

    /// Of one description so much is read, and the answer says so.
    @Test(arguments: HostileText.all)
    func `makes an answer that is bounded in bytes`(_ text: HostileText) throws {
        let text = text.text(30_000)
        let reply: JSON = ["data": ["details": ["objectId": 5, "objectName": "t", "description": .string(text)]]]
        let answer = try answer(
            AssetDetails.self,
            ["object_id": 5, "object_type": "oetable", "detail": "full"],
            to: reply.text,
            within: AnswerBudget(tokens: 50_000)
        )
        #expect(answer.text.utf8.count <= 400_000)
        #expect(answer.structured?.text.utf8.count ?? 0 <= 400_000)
    }

    @Test func `is read as far as 64 KiB, and the rest is told`() throws {
        let long = String(repeating: "<p>word</p>", count: 10_000)
        let lines = RichText(long, .html).lines
        #expect(lines.count < 7000)
        let last = try #require(lines.last?.text)
        #expect(last == "(The first 64 KiB of 107 KiB. Open it in OvalEdge to read the rest.)")
        #expect(RichText(long, .html).plainText.hasSuffix(last))
        #expect(RichText(String(repeating: "é", count: 40_000), .plain).lines[0].text.allSatisfy { $0 == "é" })
        #expect(RichText("short", .html).lines.map { $0.text } == ["short"])
    }

    @Test func `goes no deeper than six lists, and that counts for the limits`() {
        let lines = HTMLText(String(repeating: "<ul>", count: 900) + String(repeating: "<li>a", count: 900)).lines
        #expect(lines[0].lead == "          - ")
        let shown = SizeLimits(characters: 140).of(lines)
        #expect(shown.count == 10)
    }

    @Test func `of blank space alone is no cheap answer`() {
        let budget = AnswerBudget(tokens: 1000)
        #expect(!budget.allows(String(repeating: " ", count: 20_000)))
        #expect(!budget.allows(JSON.string(String(repeating: " ", count: 20_000))))
        #expect(budget.allows(String(repeating: "market ", count: 900)))
    }
}

@Suite struct `Many places at which something is left out` {
    /// Each of them once, however many there are.
    @Test(arguments: [200, 2000])
    func `are counted, and the first are named`(_ count: Int) throws {
        let long = String(repeating: "word ", count: 100)
        let draft = SizedAnswer(SizeLimits(characters: 100), more: "More.") { _ in
            Answer("", structured: .object(JSONObject((0..<count).map { .init("a\($0)", .string(long)) })))
        }
        let answer = AnswerBudget(tokens: 1_000_000).fitted(draft)
        #expect(answer.structured?["leftOut"]?.array?.count == 100)
        #expect(answer.text.contains(", and \(count - 6) more. More."))
    }
}

@Suite struct `A call that is cancelled` {
    @Test func `is not written again and again`() async {
        let drafts = Atomic(0)
        let written = await Task {
            withUnsafeCurrentTask { $0?.cancel() }
            let draft = SizedAnswer(more: "") { _ in
                drafts.add(1, ordering: .relaxed)
                return Answer(String(repeating: "word ", count: 100_000))
            }
            _ = AnswerBudget(tokens: 100).fitted(draft)
            return drafts.load(ordering: .relaxed)
        }.value
        #expect(written == 1)
    }
}
