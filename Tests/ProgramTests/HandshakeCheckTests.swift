import JSON
import Testing

@testable import oe_mcp

@Suite struct `The look at whether a client can use a server` {
    /// A server that a shell plays: it answers a handshake, a list and a call, whatever they say.
    private static let server = """
        read line; echo '{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},\
        "serverInfo":{"name":"shell","version":"1"}}}'
        read line; read line; echo '{"jsonrpc":"2.0","id":2,"result":{"tools":[{"name":"a"},{"name":"b"}]}}'
        read line; echo '{"jsonrpc":"2.0","id":3,"result":{"content":[],"isError":true}}'
        read line
        """

    private func outcome(
        _ script: String,
        tool: String? = nil,
        environment: [String: String] = [:]
    ) -> Result<HandshakeCheck.Answer, HandshakeCheck.Fault> {
        let tool = tool.map { (name: $0, arguments: JSONObject()) }
        return HandshakeCheck(command: "/bin/sh", arguments: ["-c", script], environment: environment, tool: tool)
            .outcome()
    }

    @Test func `says who answered, and which tools there are`() throws {
        let answer = try outcome(Self.server).get()
        #expect(answer.name == "shell")
        #expect(answer.tools == ["a", "b"])
        #expect(answer.result == nil)
    }

    @Test func `calls a tool where one is named, and a failure is an answer`() throws {
        #expect(try outcome(Self.server, tool: "a").get().result?["isError"]?.bool == true)
    }

    @Test func `starts it from the root, with nothing of this shell`() throws {
        let fault = outcome("pwd >&2; echo \"[$HOME$OVALEDGE_BASE_URL$LANG]\" >&2; exit 3").fault
        // One that ends at once is started a second time, if nothing could be written to it.
        #expect(fault.map { Set($0.said) } == ["/", "[]"])
        #expect(fault?.what.contains("exit code 3") == true)
        let named = outcome("echo \"$A\" >&2; exit 3", environment: ["A": "b"]).fault
        #expect(named.map { Set($0.said) } == ["b"])
    }

    @Test func `repeats the last words of one that does not answer`() {
        let fault = outcome("for n in 1 2 3 4 5 6 7; do echo line $n >&2; done; exit 1").fault
        #expect(fault?.said == ["line 3", "line 4", "line 5", "line 6", "line 7"])
        #expect(fault?.sentence.hasSuffix("Its last line was: line 7") == true)
    }

    @Test func `says that a program is not there`() {
        let check = HandshakeCheck(command: "/nowhere/oe-mcp", arguments: [])
        #expect(check.outcome().fault?.what.contains("/nowhere/oe-mcp") == true)
    }

    @Test func `gives up on one that is silent`() {
        var check = HandshakeCheck(command: "/bin/sh", arguments: ["-c", "while read line; do :; done"])
        check.limit = .milliseconds(200)
        #expect(check.outcome().fault?.what.contains("0.2 seconds") == true)
    }
}

extension Result where Failure == HandshakeCheck.Fault {
    fileprivate var fault: HandshakeCheck.Fault? {
        if case .failure(let fault) = self { fault } else { nil }
    }
}
