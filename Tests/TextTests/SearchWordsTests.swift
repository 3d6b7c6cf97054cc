import Testing
import Text

@Suite struct `Words of a question` {
    @Test(
        arguments: [
            ("retention", "Data RETENTION: ten years", [0]), ("recordings", "a recorded call", [0]),
            ("policies", "the policy", [0]), ("deletion", "is deleted", [0]), ("customers", "customer_id", [0]),
            ("SLA", "no slack here", []), ("SLA", "two SLAs", [0]), ("café", "CAFE\u{301}", [0]),
            ("resume", "résumé", [0]),
            ("Straße", "STRASSE", [0]), ("over", "Øver Överview", [0]), ("90", "for 90 days", [0]),
            ("90", "190 901", []),
            ("how long do we keep customer data", "Customers keep data long", [0, 1, 2, 3]),
            ("the of and", "of course", [1]), ("Kündigungen", "jede Kündigung", [0]),
            ("保存期間", "データの保存期間は十年", [0, 1, 2]),
            ("", "anything", []), ("?!", "anything", []), ("data", "", []),
        ] as [(String, String, Set<Int>)]
    )
    func `are found in any form`(question: String, text: String, found: Set<Int>) {
        #expect(SearchWords(question).found(in: text) == found)
    }

    @Test func `are found in long texts at once`() {
        let words = SearchWords(String(repeating: "word retention ", count: 200))
        let text = String(repeating: "Überall stehen Wörter, and words. ", count: 1000)
        let start = ContinuousClock.now
        #expect(words.found(in: text) == [0])
        #expect(ContinuousClock.now - start < .seconds(2))
    }
}
