import HTTP
import JSON
import MCP
import OvalEdgeTools
import Sandbox
import Testing

/// An argument comes back in failures and questions; a terminal or a person may read them.
@Suite struct `Text of the caller` {
    private static let hostile = "x\u{1B}[2J\u{1B}]0;title\u{7}\u{202E}y"

    @Test(arguments: Listed.all)
    func `shows what is hidden in it, whatever comes of the call`(_ listed: Listed) async throws {
        let empty = #"{"ok":true,"data":{"items":[],"fields":[],"options":[]}}"#
        for catalog in [TestCatalog(SandboxClient()), TestCatalog(answering: .ok, empty)] {
            for name in listed.tool.inputSchema["properties"]?.object?.names ?? [] {
                var arguments = try #require(listed.example)
                arguments[name] = .string(Self.hostile)
                let answer = try await catalog.call(listed.definition.name, arguments)
                #expect(Hidden.kinds(in: answer.text) == [], "\(name): \(answer.text.prefix(400))")
            }
        }
    }
}
