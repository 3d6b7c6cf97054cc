import Testing
import Text

@Suite struct `A suggestion` {
    @Test(arguments: [
        ("wrods", "words"), ("tabel", "oetable"), ("table", "oetable"), ("oecolum", "oecolumn"),
        ("objectid", "object_id"), ("object-Id", "object_id"), ("serach_terms", "search_terms"),
        ("query", "context_query"), ("term", "terms"), ("connection", "connection_name"),
    ])
    func `is the nearest known name`(word: String, expected: String) {
        let known = [
            "words", "oetable", "oecolumn", "object_id", "search_terms", "context_query", "terms", "connection_name",
            "domain_name",
        ]
        #expect(Suggestion.nearest(to: word, among: known) == expected)
    }

    @Test(arguments: ["", "_", "zzzz", "a", "banana", "⚙️"])
    func `is nothing when nothing is near`(word: String) {
        #expect(Suggestion.nearest(to: word, among: ["words", "oetable", "object_id"]) == nil)
    }

    @Test func `is the name that goes on where the word ends`() {
        let known = ["OVALEDGE_TOOLS", "OVALEDGE_TIMEOUT_SECONDS", "OVALEDGE_TIMEOUT_SECONDS_MORE"]
        #expect(Suggestion.nearest(to: "OVALEDGE_TIMEOUT", among: known) == "OVALEDGE_TIMEOUT_SECONDS")
    }

    @Test func `prefers the fewer slips, then the earlier name`() {
        #expect(Suggestion.nearest(to: "owners", among: ["owned", "owner"]) == "owner")
        #expect(Suggestion.nearest(to: "bat", among: ["cat", "hat"]) == "cat")
        #expect(Suggestion.nearest(to: "x", among: []) == nil)
    }

    /// Whether they are the same is asked in two ways, which agree.
    @Test(arguments: [
        ("Object-ID", "object_id", true), ("Größe", "GRÖSSE", true), ("größe", "GRÖẞE", true),
        ("Straße", "Strasse", true),
        ("ΟΔΟΣ", "οδος", true), ("ΟΔΟΣ", "οδός", false), ("K", "\u{212A}", true), ("é", "É", true), ("é", "e", false),
        ("a_é", "aÉ_", true), ("aé", "a", false), ("a", "a\u{301}", false), ("_", "", true), ("ab", "a", false),
    ])
    func `takes two names for one`(_ one: String, _ other: String, isSame: Bool) {
        #expect(Suggestion.isSame(one, other) == isSame)
        #expect(Suggestion.isSame(other, one) == isSame)
        #expect((Suggestion.folded(one) == Suggestion.folded(other)) == isSame)
    }

    @Test func `is not looked for where a word is too long to be a slip`() {
        let longest = String(repeating: "x", count: Suggestion.longestWord)
        #expect(Suggestion.nearest(to: longest, among: [longest]) == longest)
        #expect(Suggestion.nearest(to: longest + "x", among: [longest]) == nil)
    }
}
