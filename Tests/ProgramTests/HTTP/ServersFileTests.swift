import JSON
import Logging
import Testing

@testable import oe_mcp_http

@Suite struct `An entry of a file of servers` {
    private func read(_ json: JSON, allowsHTTP: Bool = false) throws(EntryReader.Fault) -> ServerEntry {
        try EntryReader(json: json, allowsHTTP: allowsHTTP).entry("one")
    }

    @Test func `takes no token unencrypted to another machine`() throws {
        let entry: JSON = ["url": "http://mcp.example.com/mcp"]
        #expect { try read(entry) } throws: {
            ($0 as? EntryReader.Fault)?.advice.contains("MCP_REMOTE_ALLOW_HTTP") == true
        }
        _ = try read(entry, allowsHTTP: true)
        _ = try read(["url": "http://127.0.0.1:9/mcp"])
    }

    @Test(
        arguments: [
            (["hedaers": [:]], "`hedaers`"), (["auth": "bearer"], "`auth`"), (["auth": ["tokn": "a"]], "`auth`"),
            (["auth": ["token": 1]], "`auth`"), (["headers": ["X-A": "a\nb"]], "`headers.X-A`"),
            (["headers": ["X-A"]], "`headers`"), (["includeTools": "a"], "`includeTools`"),
            (["disabled": "yes"], "`disabled`"),
            (["auth": "none", "headers": ["authorization": "Basic a"]], "`auth`"),
        ] as [(JSON, String)]
    ) func `is refused by the name of what is wrong`(more: JSON, named: String) {
        var entry = more.object ?? JSONObject()
        entry["url"] = "https://mcp.example.com/mcp"
        #expect { try read(.object(entry)) } throws: { ($0 as? EntryReader.Fault)?.what.contains(named) == true }
    }

    @Test(
        arguments: [
            (["args": "a b"], "`args`"), (["args": ["a", 1]], "`args`"), (["command": "a\u{0}b"], "`command`"),
            (["env": ["A=B": "c"]], "`env.A=B`"), (["env": ["A": 1]], "`env.A`"), (["env": ["A": "\u{0}"]], "`env.A`"),
            (["cwd": 1], "`cwd`"),
        ] as [(JSON, String)]
    ) func `of this machine is refused by the name of what is wrong`(more: JSON, named: String) {
        var entry = more.object ?? JSONObject()
        if entry["command"] == nil { entry["command"] = "server" }
        #expect { try read(.object(entry)) } throws: { ($0 as? EntryReader.Fault)?.what.contains(named) == true }
    }

    @Test func `may say that no token is sent`() throws {
        #expect(try read(["url": "https://mcp.example.com/mcp", "auth": "none"]).hasNoToken)
        #expect(try read(["url": "https://mcp.example.com/mcp", "auth": ["token": "t-1"]]).bearer?.revealed == "t-1")
    }
}
