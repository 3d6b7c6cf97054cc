import Settings
import Testing

@Suite struct `The .env dialect` {
    @Test(arguments: [
        ("A=1", "1"),
        ("export A=1", "1"),
        ("export\tA=1", "1"),
        ("  A \t=  1  ", "1"),
        ("A=", ""),
        ("A=   ", ""),
        ("A=a b", "a b"),
        ("A=a=b", "a=b"),
        ("A=a#b", "a#b"),
        ("A=#b", "#b"),
        ("A=a #b", "a"),
        ("A=a\t# b", "a"),
        ("A= # b", ""),
        ("A=$HOME `id` $(id)", "$HOME `id` $(id)"),
        (#"A=a\nb"#, #"a\nb"#),
        ("A=it's", "it's"),
        (#"A=say "hi""#, #"say "hi""#),
        ("A=''", ""),
        ("A='a b'", "a b"),
        ("A=' a '", " a "),
        ("A='a # b' # c", "a # b"),
        (#"A='a\n"$b'"#, #"a\n"$b"#),
        (#"A="""#, ""),
        (#"A=" a # b ""#, " a # b "),
        (#"A="a\nb\tc\"d\\e""#, "a\nb\tc\"d\\e"),
        (#"A="a\rb\$c""#, #"a\rb\$c"#),
        (#"A="C:\\new" # comment"#, #"C:\new"#),
        (#"A="$HOME""#, "$HOME"),
        ("A=ü", "ü"),
        ("A=1\r", "1"),
        ("\u{FEFF}A=1", "1"),
        ("\u{FEFF}A=1\r\n", "1"),
        ("A=1\nA=2", "2"),
    ])
    func `reads a value`(text: String, value: String) {
        let file = DotEnv(parsing: Array(text.utf8))
        #expect(file.assignments.last?.name == "A")
        #expect(file.assignments.last?.value == value)
        #expect(file.badLines.isEmpty)
    }

    @Test(
        arguments: [
            "A", "=1", "1A=1", "A-B=1", "A B=1", "Ä=1", "exportA B=1", "A='1", "A='1'2",
            #"A="1"#,
            #"A="1"2"#, #"A="1\""#, "A='1'#2", "A=\u{1}", "A=1\u{0}2", ": yaml", "{\"A\":1}",
        ]
    )
    func `counts a line that breaks the rules, and goes on`(line: String) {
        let file = DotEnv(parsing: Array("# first\n\(line)\nB=2\n".utf8))
        #expect(file.badLines == [2])
        #expect(file.assignments.map { $0.name } == ["B"])
        #expect(file.assignments.map { $0.line } == [3])
    }

    @Test(arguments: [
        ("A='1", true), (#"A="1"#, true), (#"A="1\""#, true), (#"A= "1 # x"#, true), ("A='1\"", true),
        ("A='1'2", false), (#"A="1"2"#, false), ("A", false), ("'A=1", false),
    ])
    func `distinguishes a quote that is not closed from other faults`(line: String, isOpen: Bool) {
        let file = DotEnv(parsing: Array("# first\n\(line)\n".utf8))
        #expect(file.badLines == [2])
        #expect(file.openLines == (isOpen ? [2] : []))
    }

    @Test func `takes export for a name when it is one`() {
        #expect(
            DotEnv(parsing: Array("export =1\nexported=2".utf8)).assignments.map { $0.name } == ["export", "exported"]
        )
    }

    @Test(arguments: ["", "\n", "  \n\t\r\n", "# a=b", "  # a=b\n\n#"])
    func `says nothing in blank lines and comments`(text: String) {
        let file = DotEnv(parsing: Array(text.utf8))
        #expect(file.assignments.isEmpty)
        #expect(file.badLines.isEmpty)
    }

    @Test func `counts lines that are not UTF-8, and goes on`() {
        let file = DotEnv(parsing: Array("A=".utf8) + [0xFF, 0x0A] + Array("B=2".utf8))
        #expect(file.badLines == [1])
        #expect(file.assignments.map { $0.value } == ["2"])
    }

    @Test(
        arguments: [
            ([0xFF, 0xFE, 0x41, 0, 0x3D, 0], true), ([0xFE, 0xFF, 0, 0x41, 0, 0x3D], true),
            ([0x41, 0, 0x3D, 0], true), ([0, 0x41, 0, 0x3D], true), ([0xFF, 0xFE], true),
            ([], false), ([0x41], false), (Array("\u{FEFF}A=ü".utf8), false), (Array("A=\0B=\0".utf8), false),
        ] as [([UInt8], Bool)]
    )
    func `is distinguished from UTF-16`(bytes: [UInt8], isUTF16: Bool) { #expect(DotEnv.isUTF16(bytes) == isUTF16) }
}
