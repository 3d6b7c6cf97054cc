import Settings
import Testing

private let options = CommandLineOptions(
    "tool",
    "Does what tools do.",
    options: [
        CommandLineOption("env-file", value: "PATH", "Read settings from this file."),
        CommandLineOption("sandbox", "Answer from a sample catalog."),
        CommandLineOption("set", value: "NAME=VALUE", isRepeatable: true, "Give one setting."),
    ],
    commands: [
        CommandLineCommand(
            "call",
            operands: "TOOL [KEY=VALUE …]",
            "Call one tool.",
            options: [CommandLineOption("json", value: "OBJECT", "All arguments at once.")]
        ),
        CommandLineCommand("tools", "List the tools."),
    ]
)

@Suite struct `The command line` {
    @Test func `may be empty`() throws {
        let parsed = try options.parse([])
        #expect(parsed.command == nil)
        #expect(parsed.operands.isEmpty)
        #expect(!parsed.wantsHelp)
        #expect(!parsed.has("sandbox"))
    }

    @Test(arguments: [["--env-file", "a b"], ["--env-file=a b"], ["--env-file", "a b", "--env-file=a b"]])
    func `takes a value behind a space or a sign`(arguments: [String]) throws {
        #expect(try options.parse(arguments)["env-file"] == "a b")
    }

    @Test(arguments: [
        ["--env-file", "a", "--env-file=b"], ["--env-file=a", "call", "--env-file", "b"],
        ["call", "--json={}", "--json", "{\"a\":1}"],
    ])
    func `refuses two values of an option that takes one, and repeats neither`(arguments: [String]) {
        let option = arguments.contains("call") && arguments[1].hasPrefix("--json") ? "--json" : "--env-file"
        #expect(throws: UsageError("`\(option)` is given twice, and not the same.", advice: "Write it once.")) {
            try options.parse(arguments)
        }
    }

    @Test func `takes all values of an option that is repeatable, and its help says so`() throws {
        #expect(try options.parse(["--set=A=1", "--set=A=2"]).all("set") == ["A=1", "A=2"])
        #expect(options.help(for: nil).contains("Give one setting; repeatable."))
    }

    @Test func `keeps signs and a single dash inside values`() throws {
        #expect(try options.parse(["--env-file=a=b"])["env-file"] == "a=b")
        #expect(try options.parse(["--env-file", "-"])["env-file"] == "-")
        #expect(try options.parse(["--env-file=--sandbox"])["env-file"] == "--sandbox")
    }

    @Test func `finds the command between options, and its operands`() throws {
        let parsed = try options.parse(["--sandbox", "call", "search", "--json={}", "words=a b", "-"])
        #expect(parsed.command?.name == "call")
        #expect(parsed.operands == ["search", "words=a b", "-"])
        #expect(parsed.has("sandbox"))
        #expect(parsed["json"] == "{}")
        #expect(parsed.phrase == "tool call")
    }

    @Test func `takes a word behind a flag where the flag knows it, and else leaves it`() throws {
        let words = CommandLineOption("garden", words: ["large"], "Plant something.")
        let options = CommandLineOptions("tool", "Does.", options: [words], commands: options.commands)
        #expect(try options.parse(["--garden"])["garden"] == nil)
        #expect(try options.parse(["--garden"]).has("garden"))
        #expect(try options.parse(["--garden", "large", "tools"])["garden"] == "large")
        #expect(try options.parse(["--garden=large"])["garden"] == "large")
        #expect(throws: UsageError.self) { try options.parse(["--garden=large", "--garden"]) }
        let other = try options.parse(["call", "--garden", "search", "large"])
        #expect(other["garden"] == nil)
        #expect(other.operands == ["search", "large"])
        #expect(options.help().contains("--garden [large]"))
        let error = #expect(throws: UsageError.self) { try options.parse(["--garden=small"]) }
        #expect(error?.description == "`--garden` takes no such value. Write --garden alone or --garden large.")
    }

    @Test func `takes everything behind two dashes as it is`() throws {
        let parsed = try options.parse(["call", "--", "--sandbox", "--", "-h"])
        #expect(parsed.operands == ["--sandbox", "--", "-h"])
        #expect(!parsed.has("sandbox"))
        #expect(!parsed.wantsHelp)
    }

    @Test(arguments: [["-h"], ["--help"], ["tools", "-h"], ["call", "x", "--help"]])
    func `knows a wish for help`(arguments: [String]) throws {
        #expect(try options.parse(arguments).wantsHelp)
    }

    @Test(arguments: [
        (["--sandbx"], "`--sandbx` is not an option of `tool`. Did you mean `--sandbox`?"),
        (["--quite-another"], "`--quite-another` is not an option of `tool`. Run `tool --help` to see what it takes."),
        (["--jsno=1", "call"], "`--jsno` is not an option of `tool`. Run `tool --help` to see what it takes."),
        (["call", "--jsno=1"], "`--jsno` is not an option of `tool call`. Did you mean `--json`?"),
        (["-x"], "`-x` is not an option of `tool`. Run `tool --help` to see what it takes."),
        (["--halp"], "`--halp` is not an option of `tool`. Did you mean `--help`?"),
        (["--env-file"], "`--env-file` needs a value. Write --env-file PATH."),
        (["--env-file="], "`--env-file` needs a value. Write --env-file PATH."),
        (["--env-file", "--sandbox"], "`--env-file` needs a value. Write --env-file PATH."),
        (["--sandbox=yes"], "`--sandbox` takes no value. Write --sandbox alone."),
        (["tolos"], "`tolos` is not a command of `tool`. Did you mean `tools`?"),
        (["serve"], "`serve` is not a command of `tool`. Run `tool --help` to see what it takes."),
        (
            ["tools", "x"],
            "`tool tools` takes no arguments, so `x` cannot be used. Run `tool tools --help` to see what it takes."
        ),
    ])
    func `says in two sentences what it does not understand`(arguments: [String], message: String) {
        let error = #expect(throws: UsageError.self) { try options.parse(arguments) }
        #expect(error?.description == message)
    }

    @Test func `reads numbers within bounds`() throws {
        #expect(try options.parse(["--env-file=80"]).number("env-file", in: 0...99) == 80)
        #expect(try options.parse([]).number("env-file", in: 0...99) == nil)
        for text in ["100", "-1", "x", "1.5"] {
            let error = #expect(throws: UsageError.self) {
                try options.parse(["--env-file=\(text)"]).number("env-file", in: 0...99)
            }
            #expect(error?.what == "`--env-file` must be a whole number from 0 to 99; it was `\(text)`.")
        }
    }

    @Test func `reads pairs, and does not repeat what is not one`() throws {
        let parsed = try options.parse(["--set", "A=1", "--set=B=x=y", "--set", "A="])
        #expect(try parsed.pairs("set") == ["A": "", "B": "x=y"])
        for text in ["hunter2", "=hunter2"] {
            let error = #expect(throws: UsageError.self) { try options.parse(["--set", text]).pairs("set") }
            #expect(error?.description == "`--set` needs a name and a value. Write --set NAME=VALUE.")
        }
    }

    @Test func `explains itself from the table it is parsed by`() {
        #expect(
            options.help() == """
                Does what tools do.

                Usage: tool [COMMAND] [OPTION …]

                Commands:
                  call   Call one tool.
                  tools  List the tools.

                Options:
                  --env-file PATH   Read settings from this file.
                  --sandbox         Answer from a sample catalog.
                  --set NAME=VALUE  Give one setting; repeatable.
                  -h, --help        Show this help.

                `tool COMMAND --help` says more about one command.
                """
        )
    }

    @Test func `explains one command with its own options first`() {
        #expect(
            options.help(for: options.commands[0]) == """
                Call one tool.

                Usage: tool call TOOL [KEY=VALUE …] [OPTION …]

                Options:
                  --json OBJECT     All arguments at once.
                  --env-file PATH   Read settings from this file.
                  --sandbox         Answer from a sample catalog.
                  --set NAME=VALUE  Give one setting; repeatable.
                  -h, --help        Show this help.
                """
        )
    }
}

@Suite struct `A command line with a usual command` {
    private let options = CommandLineOptions(
        "tool",
        "Does what tools do.",
        options: [CommandLineOption("version", "Show the version.")],
        commands: [
            CommandLineCommand("serve", "Serve.", options: [CommandLineOption("port", value: "N", "Listen there.")]),
            CommandLineCommand("keys", "Make keys."),
        ],
        usual: "serve"
    )

    @Test func `takes the options of that command where none is named`() throws {
        #expect(try options.parse(["--port", "1"])["port"] == "1")
        #expect(try options.parse(["--port=1", "serve"])["port"] == "1")
        #expect(options.help().contains("--port N"))
    }

    @Test(arguments: [["keys", "--port", "1"], ["--port", "1", "keys"]])
    func `does not take them for another`(arguments: [String]) {
        #expect(throws: UsageError.self) { try options.parse(arguments) }
    }
}
