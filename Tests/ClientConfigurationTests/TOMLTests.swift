import JSON
import Testing

@testable import ClientConfiguration

@Suite struct `TOML` {
    @Test(arguments: [
        "a = 1\na = 2", "[a]\n[a]", "a = {b = 1}\n[a.c]", "[a]\nb.c = 1\n[a.b]", "[[a]]\n[a]", "a = [1]\n[[a]]",
        "a = 01", "a = 1__0", "a = .5", "a = 1.", "a = 0x", "a = tru", "a = 2026-13-01", "a = 25:00:00", "a = \"b",
        "a = \"\\q\"", "a = 'b\nc'", "a = {b = 1,}", "a = {b = 1\n}", "a", "= 1", "a = 1 b = 2", "[a", "a = [1 2]",
        "a = \"\u{7}\"", "a = 1\r", "[a.b]\n[a]\nb.c = 1", "a.b = 1\na = 2", "a = \"\\uD800\"",
    ])
    func `refuses what it does not allow`(text: String) {
        #expect(throws: DocumentFault.self) { try TOMLDocument(Array(text.utf8)) }
    }

    @Test(arguments: [
        "", "# only a comment", "a = 1_000\r\nb = -0.5e+3\n", "[a.b]\n[a]\nc = 1\n", "a.b = 1\na.c = 2\n[a.d]\n",
        "[[a]]\nb = 1\n[[a]]\n[a.c]\n", "d = 2026-11-30 10:00:00.5Z\nt = 07:00:00\n", "s = '''\n'a' ''''\n",
        "s = \"\"\"\\\n   x \\u00e9\"\"\"\n", "a = [ 1, # one\n 2,\n]\n", "\"a b\".'c' = {d = [{e = inf}]}\n",
    ])
    func `takes what it allows`(text: String) throws { _ = try TOMLDocument(Array(text.utf8)) }

    @Test func `reads texts as they are meant`() throws {
        let document = try TOMLDocument(Array("a = \"b\\tc\"\nd = '''\n'e''''\n[f]\n\"g h\" = ['i']".utf8))
        #expect(document.json == ["a": "b\tc", "d": "'e'", "f": ["g h": ["i"]]])
    }

    @Test func `loses what belongs to a program where an entry becomes an address, and keeps the rest`() throws {
        let text = """
            [m.a]
            command = "x" # why
            tool_timeout_sec = 5
            [m.a.env]
            KEY = "v"
            # of b
            [m.b]
            command = "y"

            """
        let bytes = try ConfigurationFormat.toml.changing(
            [.init("url", "u")],
            stale: ["command", "env"],
            in: Array(text.utf8),
            at: ["m", "a"]
        )
        let expected = """
            [m.a]
            url = "u"
            tool_timeout_sec = 5
            # of b
            [m.b]
            command = "y"

            """
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }
}
