import Testing

@testable import oe_mcp

@Suite struct `A question for yes or no` {
    @Test(
        arguments: [
            ("y", true), (" Yes ", true), ("n", false), ("NO", false), ("perhaps", nil), ("yesterday", nil),
        ] as [(String, Bool?)]
    )
    func `is answered by the word or its first letter`(typed: String, meaning: Bool?) {
        for usual in [true, false] {
            #expect(YesOrNo(question: "Write it?", usual: usual).meaning(of: typed) == meaning)
        }
    }

    @Test(arguments: [(true, "Write it? [Y/n]"), (false, "Write it? [y/N]")])
    func `shows what Enter means`(usual: Bool, text: String) {
        let question = YesOrNo(question: "Write it?", usual: usual)
        #expect(question.text == text)
        #expect(question.meaning(of: "") == usual)
    }
}
