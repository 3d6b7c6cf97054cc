import Settings
import Testing

private let options = CommandLineOptions(
    "tool",
    "Does what tools do.",
    options: [
        CommandLineOption("env-file", value: "PATH", "Read settings from this file."),
        CommandLineOption("garden", words: ["large"], "Plant something."),
        CommandLineOption("set", value: "NAME=VALUE", "Give one setting."),
    ],
    commands: [
        CommandLineCommand(
            "call",
            operands: "TOOL [KEY=VALUE …]",
            "Call one tool.",
            options: [
                CommandLineOption("pace", value: "slow|fast", "How fast."),
                CommandLineOption("place", value: "NAME", choices: ["bed", "pot"], "Where."),
            ]
        ),
        CommandLineCommand("keys", operands: "new [FILE] | list [DIR] | revoke ID", "Make keys."),
        CommandLineCommand("tools", "List the tools."),
    ]
)

@Suite struct `Completing a command line` {
    private let completion = CommandLineCompletion(options) { place in
        ["\(place.placeholder) \(place.operands.count)", "x"].map { .init($0) }
    }

    private func words(_ typed: String...) -> [String] {
        guard case .words(let candidates) = completion.answer(for: typed) else { return ["a path"] }
        return candidates.map { $0.text }
    }

    @Test func `offers commands, and each with what the help says of it`() {
        #expect(words("") == ["call", "keys", "tools"])
        #expect(words("ke") == ["keys"])
        #expect(words("--env-file", "here", "t") == ["tools"])
        #expect(completion.answer(for: ["to"]) == .words([.init("tools", "List the tools.")]))
    }

    @Test func `offers the options of the command that is typed, and of the program`() {
        #expect(words("call", "--") == ["--pace", "--place", "--env-file", "--garden", "--set", "--help"])
        #expect(words("--p") == [])
        #expect(words("tools", "") == ["--env-file", "--garden", "--set", "--help"])
        #expect(words("call", "--", "--") == [])
    }

    @Test func `knows what a value may be`() {
        #expect(words("call", "--pace", "") == ["slow", "fast"])
        #expect(words("call", "--pace=f") == ["--pace=fast"])
        #expect(words("call", "--place", "") == ["bed", "pot"] && words("call", "--place=p") == ["--place=pot"])
        #expect(words("call", "--pace", "fast", "") == ["TOOL 0", "x"])
        #expect(words("--set", "N") == ["NAME=VALUE 0"])
        #expect(completion.answer(for: ["--env-file", "/x"]) == .files)
        #expect(completion.answer(for: ["call", "--env-file="]) == .files)
        #expect(words("--env-file", "--g") == ["--garden"])
        #expect(words("call", "--nothing=") == [])
    }

    @Test func `offers the word of a flag, and what else may follow it`() {
        #expect(words("--garden", "") == ["large", "call", "keys", "tools"])
        #expect(words("--garden", "large", "") == ["call", "keys", "tools"])
        #expect(words("--garden", "call", "") == ["TOOL 0", "x"])
    }

    @Test func `reads operands as the help writes them`() {
        #expect(words("call", "one", "") == ["KEY=VALUE 1", "x"])
        #expect(words("call", "one", "a=b", "c=d", "KEY=VALUE ") == ["KEY=VALUE 3"])
        #expect(words("keys", "") == ["new", "list", "revoke"])
        #expect(completion.answer(for: ["keys", "new", ""]) == .files)
        #expect(completion.answer(for: ["keys", "list", ""]) == .folders)
        #expect(words("keys", "revoke", "") == ["ID 1", "x"])
        #expect(words("keys", "revoke", "1", "") == [])
        #expect(words("keys", "other", "") == [])
    }

    @Test func `puts together what bash has broken, and answers for the last piece`() {
        let shell = CompletionShell.bash
        #expect(shell.joined(["call", "--pace", "=", "f"]) == ["call", "--pace=f"])
        #expect(shell.joined(["remote", "http", ":", "//x", ""]) == ["remote", "http://x", ""])
        #expect(shell.joined(["--set", "A", "="]) == ["--set", "A="])
        #expect(CompletionShell.fish.joined(["a", "=", "b"]) == ["a", "=", "b"])
        #expect(shell.lines(.words([.init("--pace=fast", "How.")]), typed: "--pace=f") == ["fast"])
    }

    @Test func `says to the others what each word means`() {
        let answer = CommandLineCompletion.Answer.words([.init("a:b", "It: is."), .init("c")])
        #expect(CompletionShell.zsh.lines(answer, typed: "") == [#"a\:b:It: is."#, "c"])
        #expect(CompletionShell.fish.lines(answer, typed: "") == ["a:b\tIt: is.", "c"])
        for shell in CompletionShell.allCases { #expect(shell.lines(.folders, typed: "") == [":folders"]) }
    }
}
