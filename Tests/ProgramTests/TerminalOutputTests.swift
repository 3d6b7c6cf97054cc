import TestSupport
import Testing

/// Escape sequences moved the cursor, and line feeds made lines up.
@Suite struct `What a command prints` {
    private static let evil = "a\u{1B}[2Jb\nforged\u{9B}c"

    @Test(
        arguments: [
            (["settings"], ["MCP_SERVER_NAME": evil]),
            (["settings", "--env-file", evil], [:]),
            (["doctor", "--sandbox"], ["OVALEDGE_AUDIT_FOLDER": "/proc/\(evil)", "XDG_STATE_HOME": evil]),
            (["audit"], ["OVALEDGE_AUDIT_FOLDER": "/nowhere/\(evil)"]),
            (["audit", "--verify"], ["OVALEDGE_AUDIT_FOLDER": "/proc/self/environ/\(evil)"]),
            (["call", "--sandbox", evil], [:]),
            (["call", "--sandbox", "asset_explorer", "\(evil)=1"], [:]),
            ([evil], [:]),
        ] as [([String], [String: String])]
    )
    func `steers no terminal and makes up no line`(arguments: [String], environment: [String: String]) throws {
        let program = try RunningProgram("oe-mcp", arguments, environment: environment)
        let text = program.readAll() + program.readErrors()
        #expect(program.wait() != nil)
        #expect(!text.isEmpty)
        #expect(!text.unicodeScalars.contains { $0.properties.generalCategory == .control && $0 != "\n" })
        #expect(!text.contains("\nforged"))
    }

    @Test(arguments: [["sandbox", "--fault", evil], [evil]])
    func `is as clean from the program that listens`(arguments: [String]) throws {
        let program = try RunningProgram("oe-mcp-http", arguments)
        #expect(program.wait() == 64)
        let text = program.readErrors()
        #expect(text.hasPrefix("oe-mcp-http: "))
        #expect(!text.unicodeScalars.contains { $0.properties.generalCategory == .control && $0 != "\n" })
    }
}
