import HTTP
import JSON
import Logging
import Settings
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

    @Test func `leaves to the environment what it names`() throws {
        let environment = ["KEY": "k-1", "HOST": "mcp.example.com", "EMPTY": ""]
        let entry: JSON = [
            "url": "https://${HOST}/mcp", "description": "costs ${5}",
            "headers": ["X-Key": "${KEY}", "X-Team": "${TEAM:-one}${EMPTY:-two}", "X-Env": "a ${env:KEY} $b {c} ${"],
        ]
        let read = try EntryReader(json: entry, allowsHTTP: false, environment: environment).entry("one")
        #expect(read.kind == .remote(url: "https://mcp.example.com/mcp"))
        #expect(read.fields["X-Key"] == "k-1" && read.fields["X-Team"] == "onetwo")
        #expect(read.fields["X-Env"] == "a k-1 $b {c} ${")
        let local: JSON = ["command": "${KEY}", "args": ["--to=${HOST}"], "env": ["A": "${KEY}"]]
        let child = try EntryReader(json: local, allowsHTTP: false, environment: environment).entry("one")
        guard case .child("k-1", ["--to=mcp.example.com"], let variables, _) = child.kind else {
            Issue.record("\(child.kind)")
            return
        }
        #expect(variables.map { $0.value.revealed } == ["k-1"])
    }

    @Test(arguments: ["${NONE}", "${input:token}", "${}", "${A B}"])
    func `is refused where a variable of it is not there`(text: String) {
        #expect(throws: EntryReader.Fault.self) {
            try read(["url": "https://mcp.example.com/mcp", "headers": ["X-Key": .string(text)]])
        }
    }

    @Test func `may say that no token is sent`() throws {
        #expect(try read(["url": "https://mcp.example.com/mcp", "auth": "none"]).hasNoToken)
        #expect(try read(["url": "https://mcp.example.com/mcp", "auth": ["token": "t-1"]]).bearer?.revealed == "t-1")
    }
}
