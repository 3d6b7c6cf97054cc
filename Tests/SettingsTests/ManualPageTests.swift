import Settings
import Testing

@Suite struct `The manual page` {
    private let page = ManualPage(
        CommandLineOptions(
            "tool",
            "Does what tools do.",
            options: [CommandLineOption("garden", words: ["large"], "Plant something. Water it.")],
            commands: [
                CommandLineCommand(
                    "call",
                    operands: #"No "TOOL" [KEY=VALUE …]"#,
                    #".Looks like a macro, with a \ in it."#,
                    options: [CommandLineOption("pace", value: "slow|fast", "How fast.")]
                )
            ]
        ),
        settings: Settings.described(version: "0"),
        exits: [(0, "Good."), (64, "Bad.")],
        date: "December 1, 2026"
    ).mdoc

    private var lines: [Substring] { page.split(separator: "\n") }

    @Test func `has the tables of the help`() {
        #expect(
            lines.prefix(6) == [
                ".Dd December 1, 2026", ".Dt TOOL 1", ".Os", ".Sh NAME", ".Nm tool", ".Nd does what tools do",
            ]
        )
        #expect(lines.contains(#".It Fl -garden Ar "\&[large]""#))
        #expect(lines.contains(".It Fl h , Fl -help"))
        #expect(lines.contains(#".It Fl -pace Ar "\&slow|fast""#))
        #expect(lines.contains(".Ss call"))
    }

    @Test func `begins a line for each sentence, and none with a macro by mistake`() {
        #expect(lines.contains("Plant something."))
        #expect(lines.contains("Water it."))
        #expect(lines.contains(#"\&.Looks like a macro, with a \e in it."#))
        #expect(lines.contains(#".Ar "\&No ""TOOL"" [KEY=VALUE ...]""#))
    }

    @Test func `has every setting and every exit code`() {
        for entry in Settings.described(version: "0") { #expect(lines.contains(".It Ev \(entry.name)")) }
        #expect(lines.suffix(5) == [".It 0", "Good.", ".It 64", "Bad.", ".El"])
    }
}

@Suite struct `The version in the program's file` {
    @Test func `is the version`() {
        #expect("\(ProgramVersion.stamp)" == "this is oe-mcp, version \(ProgramVersion.current)")
    }
}
