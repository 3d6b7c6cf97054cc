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

    @Test func `prefers the fewer slips, then the earlier name`() {
        #expect(Suggestion.nearest(to: "owners", among: ["owned", "owner"]) == "owner")
        #expect(Suggestion.nearest(to: "bat", among: ["cat", "hat"]) == "cat")
        #expect(Suggestion.nearest(to: "x", among: []) == nil)
    }

    @Test func `is not looked for where a word is too long to be a slip`() {
        let longest = String(repeating: "x", count: Suggestion.longestWord)
        #expect(Suggestion.nearest(to: longest, among: [longest]) == longest)
        #expect(Suggestion.nearest(to: longest + "x", among: [longest]) == nil)
    }
}
