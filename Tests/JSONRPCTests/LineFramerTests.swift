import JSONRPC
import Testing

@Suite struct `Cutting input into lines` {
    /// Rows: G002.
    @Test func `gives the same lines wherever the chunks are cut`() {
        let input = Array("\u{FEFF}{\"a\":1}\r\n\r\n  \n[]\nlast".utf8)
        let expected: [LineFramer.Line] = [
            .text(Array(#"{"a":1}"#.utf8)), .text(Array("[]".utf8)), .text(Array("last".utf8)),
        ]
        for cut in 0...input.count {
            #expect(lines([Array(input[..<cut]), Array(input[cut...])]) == expected, "cut at \(cut)")
        }
        #expect(lines(input.map { [$0] }) == expected)
    }

    @Test func `drops a byte order mark before any line, and keeps it inside of one`() {
        let input = Array("a\n\u{FEFF}b\r\n\u{FEFF}\nc\u{FEFF}\n".utf8)
        let expected: [LineFramer.Line] = [.text([97]), .text([98]), .text([99, 0xEF, 0xBB, 0xBF])]
        for cut in 0...input.count {
            #expect(lines([Array(input[..<cut]), Array(input[cut...])]) == expected, "cut at \(cut)")
        }
    }

    @Test func `takes a line of exactly the limit, with either ending`() {
        #expect(
            lines([Array("12345\n12345\r\n".utf8)], limit: 5) == [
                .text(Array("12345".utf8)), .text(Array("12345".utf8)),
            ]
        )
    }

    @Test func `reports a line that is one byte over the limit`() {
        #expect(
            lines([Array("123456\n\r12345\n12345\r\r\n".utf8)], limit: 5) == [
                Self.tooLong("123456"), Self.tooLong("\r12345"), Self.tooLong("12345\r"),
            ]
        )
    }

    @Test func `reports a line over the limit and goes on with the next`() {
        let input = Array("1234567\n{}\n".utf8)
        for cut in 0...input.count {
            let result = lines([Array(input[..<cut]), Array(input[cut...])], limit: 5)
            #expect(result == [Self.tooLong("1234567"), .text(Array("{}".utf8))], "cut at \(cut)")
        }
    }

    @Test func `reports a last line over the limit that nothing ends`() {
        #expect(lines([Array("12345678".utf8)], limit: 5) == [Self.tooLong("12345678")])
    }

    @Test func `gives nothing for nothing`() {
        #expect(lines([]).isEmpty)
        #expect(lines([Array("\n\r\n \t\n".utf8)]).isEmpty)
    }

    private static func tooLong(_ text: String) -> LineFramer.Line {
        .tooLong(start: Array(text.utf8), end: Array(text.utf8))
    }

    private func lines(_ chunks: [[UInt8]], limit: Int = 100) -> [LineFramer.Line] {
        var framer = LineFramer(limit: limit)
        var lines: [LineFramer.Line] = []
        for chunk in chunks { chunk.withUnsafeBufferPointer { framer.append($0) { lines.append($0) } } }
        framer.end { lines.append($0) }
        return lines
    }
}
