import Commands
import JSON
import Testing

@Suite struct `A table of objects` {
    private func table(_ rows: String) throws -> TextTable {
        TextTable(try #require(try JSON(parsing: rows).array).compactMap { $0.object })
    }

    @Test func `has a column for each member of any of them, by its path`() throws {
        let table = try table(#"[{"a": 1, "b": {"c": "x", "d": {}}}, {"e": ["y", 2, null], "a": true}]"#)
        #expect(table.columns == ["a", "b.c", "b.d", "e"])
        #expect(table.rows.map { $0.map { $0.text } } == [["1", "x", "{}", ""], ["true", "", "", "y; 2; "]])
    }

    @Test func `is as wide as its texts, wherever they come from`() throws {
        let table = try table(#"[{"name": "日本", "n": 5}, {"name": "plain", "n": 123}]"#)
        #expect(table.lines(in: nil).lines == ["name     n", "日本     5", "plain  123"])
    }

    @Test func `fits the width: the widest columns give way, then the last are left out`() throws {
        let long = String(repeating: "x", count: 50)
        let table = try table(#"[{"one": "\#(long)", "two": "short", "three": "\#(long)", "four": "\#(long)"}]"#)
        for width in [120, 60, 40, 20, 10, 1] {
            let (lines, leftOut) = table.lines(in: width)
            #expect(lines.allSatisfy { $0.count <= width }, "\(lines)")
            #expect(lines.allSatisfy { !$0.isEmpty })
            #expect(leftOut == [120: 0, 60: 0, 40: 1, 20: 2, 10: 3, 1: 3][width], "\(width)")
        }
        #expect(table.lines(in: 200).lines[1].hasSuffix(long))
    }

    @Test func `makes visible what steers a terminal or breaks a line`() throws {
        let table = try table(#"[{"\u001b[2J": "a\nb\u202e\u001b]0;x"}]"#)
        let text = table.lines(in: nil).lines.joined(separator: "\n")
        #expect(text.split(separator: "\n").count == 2)
        #expect(!text.unicodeScalars.contains { "\u{1B}\u{202E}".unicodeScalars.contains($0) })
        #expect(!table.records.joined().unicodeScalars.contains { "\u{1B}\u{202E}".unicodeScalars.contains($0) })
    }

    @Test func `is CSV in which nothing is a formula`() throws {
        let rows = #"""
            [{"n": -5, "t": "=1+1", "u": "-x"}, {"n": 2.50, "t": "@a, \"b\"", "u": "+1"},
             {"n": null, "t": "two\nlines", "u": " blank"}, {"t": "\t=x", "u": "a-b"}]
            """#
        #expect(
            try table(rows).records == [
                "n,t,u", "-5,'=1+1,'-x", "2.50,\"'@a, \"\"b\"\"\",'+1", ",\"two\nlines\",\" blank\"", ",'\t=x,a-b",
            ]
        )
        #expect(TextTable([]).records == [])
    }
}
