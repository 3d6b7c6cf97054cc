import Testing

/// The table of what the original's tests hold, held to what it names.
@Suite struct `docs/Parity.md` {
    /// One line of its tables: a behaviour, and what stands beside it.
    private struct Row {
        let line: Int
        let behaviour: String
        let evidence: [String]
    }

    private let rows: [Row]

    init() throws {
        let lines = try House.text("docs/Parity.md").split(separator: "\n", omittingEmptySubsequences: false)
        let cells = lines.map { $0.split(separator: "|", omittingEmptySubsequences: false).map { Self.trimmed($0) } }
        rows = zip(1..., cells).filter { $1.count == 4 && $1[1] != "What holds" && $1[1] != "---" }.map { line, cells in
            let evidence = cells[2].ranges(of: "<br>").isEmpty ? [cells[2]] : Self.parts(of: cells[2])
            return Row(line: line, behaviour: cells[1], evidence: evidence)
        }
    }

    @Test func `has a sentence and something beside it in every row`() throws {
        #expect(rows.count > 100)
        for row in rows {
            #expect(row.behaviour.count > 10 && row.behaviour.last == ".", "Line \(row.line)")
            #expect(!row.evidence.contains { $0.isEmpty }, "Line \(row.line)")
        }
        let text = try House.text("docs/Parity.md")
        #expect(
            text.split(separator: "\n").count { $0.hasPrefix("| ") } == rows.count
                + text.ranges(of: "| What holds").count
        )
    }

    @Test func `names tests that there are`() throws {
        let files = try House.files(in: "Tests", ".swift") + House.files(in: "Tests", ".py")
        for row in rows {
            for test in row.evidence where test.hasPrefix("`") {
                let parts = test.dropFirst().split(separator: "` ", maxSplits: 1)
                guard parts.count == 2 else {
                    Issue.record("Line \(row.line): no test is named in \(test)")
                    continue
                }
                let name = parts[0].hasSuffix(".py") ? "/\(parts[0])" : "/\(parts[0]).swift"
                let found = files.filter { $0.hasSuffix(name) }
                #expect(found.count == 1, "Line \(row.line): \(parts[0]) is \(found)")
                let title = name.hasSuffix(".py") ? "def \(parts[1])(" : "func `\(parts[1])`"
                let text = try found.first.map { try House.text($0) } ?? ""
                #expect(!text.ranges(of: title).isEmpty, "Line \(row.line): \(parts[0]) has no test \(parts[1])")
            }
        }
    }

    @Test func `names differences that are told, and says what is for later`() throws {
        let differences = try House.text("docs/Differences.md").split(separator: "\n").map { Self.unmarked($0) }
        for row in rows {
            for reason in row.evidence where !reason.hasPrefix("`") {
                let parts = reason.split(separator: ": ", maxSplits: 1).map { String($0) }
                guard parts.count == 2, ["Differs", "Later"].contains(parts[0]) else {
                    Issue.record("Line \(row.line): neither a test nor a reason: \(reason)")
                    continue
                }
                guard parts[0] == "Differs" else { continue }
                let anchor = "| " + Self.unmarked(parts[1])
                #expect(differences.contains { $0.hasPrefix(anchor) }, "Line \(row.line): not told: \(parts[1])")
            }
        }
    }

    private static func parts(of cell: String) -> [String] {
        var parts: [String] = []
        var rest = cell[...]
        while let range = rest.ranges(of: "<br>").first {
            parts.append(trimmed(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [trimmed(rest)]
    }

    private static func trimmed(_ text: Substring) -> String {
        let begun = text.drop { $0 == " " }
        return String(begun.lastIndex { $0 != " " }.map { begun[...$0] } ?? "")
    }

    private static func unmarked(_ text: some StringProtocol) -> String { String(text.filter { $0 != "`" }) }
}
