import JSON
import TestSupport
import Testing

@Suite(.ownThread) struct `Any line whatever` {
    /// Before `initialize`, and in each revision that has it.
    static let states = [nil, "2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]

    private static let deep = 100_000
    private static let ping = #""jsonrpc":"2.0","method":"ping""#

    static let broken: [(what: String, line: [UInt8], code: Int)] =
        [
            ("no JSON", "{bad", -32700),
            ("half a message", #"{"jsonrpc":"2.0","#, -32700),
            ("two messages", "{\(ping),\"id\":1}{\(ping),\"id\":2}", -32700),
            ("a comma too many", "{\(ping),\"id\":1,}", -32700),
            ("lists in lists", String(repeating: "[", count: deep) + String(repeating: "]", count: deep), -32700),
            ("objects in objects", String(repeating: #"{"a":"#, count: deep), -32700),
            ("a bare NUL in a text", "{\(ping),\"id\":1,\"x\":\"\0\"}", -32700),
            ("NaN", "{\(ping),\"id\":NaN}", -32700),
            ("a number with a leading zero", "{\(ping),\"id\":01}", -32700),
            ("a text", #""ping""#, -32600),
            ("a number", "17", -32600),
            ("null", "null", -32600),
            ("no version", #"{"id":1,"method":"ping"}"#, -32600),
            ("another version", #"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, -32600),
            ("a method that is no text", #"{"jsonrpc":"2.0","id":1,"method":7}"#, -32600),
            ("no method", #"{"jsonrpc":"2.0","id":1}"#, -32600),
            ("an id that is null", "{\(ping),\"id\":null}", -32600),
            ("an id that is true", "{\(ping),\"id\":true}", -32600),
            ("an id that is a list", "{\(ping),\"id\":[1]}", -32600),
            ("an id that is an object", "{\(ping),\"id\":{}}", -32600),
            ("an id with a fraction", "{\(ping),\"id\":1.5}", -32600),
            ("an id with an exponent", "{\(ping),\"id\":1e3}", -32600),
            ("parameters in a list", "{\(ping),\"id\":1,\"params\":[1]}", -32602),
            ("an empty list", "[]", -32600),
            ("an unknown method", #"{"jsonrpc":"2.0","id":1,"method":"\u0000"}"#, -32601),
        ].map { ($0.0, Array($0.1.utf8), $0.2) } + [
            (
                "bytes that are no UTF-8", Array("{\(ping),\"id\":\"".utf8) + [0xFF, 0xC0, 0xAF] + Array("\"}".utf8),
                -32700
            ),
            ("half a character at the end", Array("{\(ping),\"id\":1}".utf8) + [0xE2, 0x82], -32700),
            ("UTF-16", Array("{\(ping),\"id\":1}".utf16).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }, -32700),
        ]

    /// Rows: G011, G012, G015, G026, G027, G028, G029, G030, G031.
    @Test(arguments: states)
    func `is answered with its error, and the next one served`(state: String?) throws {
        let client = try Conversation(["--sandbox"], revision: state)
        for (what, line, code) in Self.broken {
            client.program.write(line + [UInt8(ascii: "\n")])
            let answers = try client.everything()
            #expect(answers.count == 1, "\(what)")
            #expect(answers.first?["error"]?["code"]?.int == code, "\(what)")
        }
        client.program.closeInput()
        #expect(client.program.wait() == 0)
    }

    /// Rows: G013, G025, G040, G174.
    @Test(arguments: [
        #"{"jsonrpc":"2.0","method":"notifications/unknown"}"#,
        #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":[]}}"#,
        #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":[]}"#,
        #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":404}}"#,
        #"{"jsonrpc":"2.0","method":"tools/call"}"#,
        #"{"jsonrpc":"2.0","id":404,"result":{}}"#,
        #"{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"x"}}"#,
        "", " ", "\r", "\t \r",
    ])
    func `is answered with silence when it asks for nothing`(line: String) throws {
        let client = try Conversation(["--sandbox"])
        client.send(line)
        #expect(try client.everything() == [])
    }

    /// Rows: G003, G022.
    @Test(arguments: [
        "0", "-5", "-0", "7", "\"7\"", "\"\"", "\" \"", #""a\"b""#, "9007199254740993", "9223372036854775808",
        "-123456789012345678901234567890", "\"\u{1F600}\u{2028}\"",
    ])
    func `is answered under its id, as that came`(id: String) throws {
        let client = try Conversation(["--sandbox"])
        client.send("{\(Self.ping),\"id\":\(id)}")
        #expect(client.program.readLine() == #"{"jsonrpc":"2.0","id":\#(id),"result":{}}"#)
        client.send(#"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"nope"}}"#)
        #expect(client.program.readLine()?.hasPrefix(#"{"jsonrpc":"2.0","id":\#(id),"error":{"#) == true)
    }

    @Test func `may hold a number of any size`() throws {
        let client = try Conversation(["--sandbox"])
        let digits = String(repeating: "9", count: 100_000)
        for number in [digits, "-" + digits, "1e" + digits, "0." + digits, "-1e-999999999"] {
            client.send("{\(Self.ping),\"id\":1,\"x\":\(number)}")
            #expect(try client.answer()["result"] != nil)
            client.send(
                #"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"asset_explorer","arguments":{"limit":\#(number)}}}"#
            )
            #expect(try client.answer()["id"] == 2)
        }
        client.send("{\(Self.ping),\"id\":\(digits)}")
        #expect(client.program.readLine() == #"{"jsonrpc":"2.0","id":\#(digits),"result":{}}"#)
    }

    @Test func `may name a member twice, of which one counts`() throws {
        let client = try Conversation(["--sandbox"])
        client.send(#"{"jsonrpc":"2.0","id":1,"id":2,"method":"nope","method":"ping"}"#)
        let answers = try client.everything()
        #expect(answers.count == 1)
    }

    /// Rows: G013.
    @Test func `may end with CR and LF, begin with a byte order mark, or not end at all`() throws {
        let client = try Conversation(["--sandbox"], revision: nil)
        client.program.write("\u{FEFF}{\(Self.ping),\"id\":1}\r\n\r\n\r\r\n{\(Self.ping),\"id\":2}\r\n")
        client.program.write("{\(Self.ping),\"id\":3}")
        client.program.closeInput()
        #expect(try client.rest().map { $0["id"] } == [1, 2, 3])
        #expect(client.program.wait() == 0)
    }

    @Test func `may come byte by byte, or many at once`() throws {
        let client = try Conversation(["--sandbox"])
        for byte in "{\(Self.ping),\"id\":\"slowly\"}\n".utf8 { client.program.write([byte]) }
        #expect(try client.answer()["id"] == "slowly")
        client.program.write((1...2000).map { "{\(Self.ping),\"id\":\($0)}\n" }.joined())
        for id in 1...2000 { #expect(client.program.readLine() == #"{"jsonrpc":"2.0","id":\#(id),"result":{}}"#) }
    }

    private static let limit = 65_536

    /// A ping that is padded to `length`, with its end.
    private static func line(of length: Int) -> [UInt8] {
        let head = Array("{\(ping),\"id\":1,\"x\":\"".utf8)
        let filling = [UInt8](repeating: UInt8(ascii: "x"), count: length - head.count - 2)
        return head + filling + Array("\"}\r\n".utf8)
    }

    /// Rows: G014.
    @Test(arguments: states)
    func `that is too long is skipped and answered`(state: String?) throws {
        let settings = ["MCP_MAX_LINE_BYTES": String(Self.limit)]
        let client = try Conversation(["--sandbox"], revision: state, environment: settings)
        for length in [Self.limit, Self.limit + 1, Self.limit * 2, Self.limit * 10, Self.limit] {
            client.program.write(Self.line(of: length))
            let codes = try client.everything().map { $0["error"]?["code"] }
            #expect(codes == [length > Self.limit ? -32600 : nil])
        }
        client.program.write(Self.line(of: Self.limit * 2).dropLast(2))
        client.program.closeInput()
        #expect(try client.rest().map { $0["error"]?["code"] } == [-32600])
        #expect(client.program.wait() == 0)
    }

    /// Rows: G014.
    @Test(.enabled(if: RunningProgram.isMeasurable))
    func `that is too long is never held`() throws {
        let client = try Conversation(["--sandbox"], environment: ["MCP_MAX_LINE_BYTES": String(Self.limit)])
        client.program.write(Self.line(of: Self.limit))
        #expect(try client.everything().count == 1)
        let before = client.program.kernelNumber("VmHWM") ?? 0
        client.program.write(Self.line(of: Torture.isLong ? 1 << 30 : 50 << 20))
        #expect(try client.everything().map { $0["error"]?["code"] } == [-32600])
        #expect((client.program.kernelNumber("VmHWM") ?? .max) - before < 2048)
    }

    /// Rows: G039.
    @Test func `with the id of a request that is being answered is refused without that id`() throws {
        let client = try Conversation(with: ServedSandbox(fault: "slow=500ms"))
        client.call(1)
        client.call(1)
        let refusal = try client.answer()
        #expect(refusal["error"]?["code"] == -32600)
        #expect(refusal["id"] == nil)
        let answer = try client.answer()
        #expect(answer["id"] == 1)
        #expect(answer.isSuccess)
        client.call(1)
        #expect(try client.answer().isSuccess)
    }
}
