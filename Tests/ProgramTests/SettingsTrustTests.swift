import JSON
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What a folder that someone else chose must not decide.
private let foreign = """
    OVALEDGE_BASE_URL=https://elsewhere.example/ovaledge
    OVALEDGE_PROXY=http://127.0.0.1:9
    OVALEDGE_CA_BUNDLE=./ca.pem
    OVALEDGE_LINK_BASE_URL=https://login.example
    OVALEDGE_ALLOW_WRITES=all
    OVALEDGE_AUDIT_FOLDER=/tmp/elsewhere
    LOG_LEVEL=error

    """

@Suite struct `A .env where the program happens to start` {
    @Test func `decides nothing`() throws {
        let program = try RunningProgram("oe-mcp", ["settings"], files: [".env": foreign])
        let text = program.readAll()
        #expect(program.wait() == 0)
        #expect(!text.contains("elsewhere") && !text.contains("login.example") && !text.contains(".env"))
        #expect(
            text.split(separator: "\n").contains { $0.hasPrefix("OVALEDGE_ALLOW_WRITES") && $0.contains("default") }
        )
    }

    @Test(arguments: [
        ["serve", "--sandbox"], ["--sandbox"], ["call", "--sandbox", "asset_explorer", "limit=1"],
        ["doctor", "--sandbox"],
        ["settings"], ["audit", "--sandbox"],
    ])
    func `is reported once, with the command that uses it, whatever the log's level`(arguments: [String]) throws {
        let environment = ["LOG_LEVEL": "error"]
        let program = try RunningProgram("oe-mcp", arguments, environment: environment, files: [".env": foreign])
        program.closeInput()
        let text = program.readAll() + program.readErrors()
        #expect(program.wait() == 0)
        let told = text.split(separator: "\n").filter { $0.contains("is not read") }
        #expect(told.count == 1)
        let command = arguments.map { $0.replacing("limit=1", with: "'limit=1'") }.joined(separator: " ")
        #expect(told.first?.contains("run: oe-mcp \(command) --env-file /") == true)
    }

    @Test(arguments: ["serve", "call asset_explorer"])
    func `gets no secret of the environment, and no write`(command: String) throws {
        let requests = Counter()
        let server = try LoopbackServer { connection in
            while connection.request() != nil { requests.increment() }
        }
        let program = try RunningProgram(
            "oe-mcp",
            command.split(separator: " ").map { String($0) },
            environment: ["OVALEDGE_USER_TOKEN": "token-1234567", "OVALEDGE_USER_SECRET": "secret-1234567"],
            files: [".env": "OVALEDGE_BASE_URL=\(server.url)\nOVALEDGE_ALLOW_WRITES=all\n"]
        )
        program.write(
            #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}"# + "\n"
        )
        program.write(#"{"jsonrpc":"2.0","id":2,"method":"tools/list"}"# + "\n")
        program.closeInput()
        let text = program.readAll()
        #expect(program.wait() != nil)
        #expect(!text.contains("create_tag"))
        #expect(requests.value == 0)
    }

    @Test func `is read where it is named`() throws {
        let program = try RunningProgram("oe-mcp", ["settings", "--env-file", "./.env"], files: [".env": foreign])
        #expect(program.readAll().contains("https://elsewhere.example/ovaledge"))
        #expect(program.wait() == 0)
        #expect(!program.readErrors().contains("is not read"))
    }
}

@Suite struct `A settings file that others could write` {
    @Test(arguments: [["settings"], ["doctor"], ["call", "asset_explorer"], []])
    func `is refused with the command that closes it`(arguments: [String]) throws {
        let directory = TemporaryDirectory()
        directory.write(Array("LOG_LEVEL=error\n".utf8), to: "named.env")
        let path = "\(directory.path)/named.env"
        try #require(chmod(path, 0o662) == 0)
        let program = try RunningProgram("oe-mcp", arguments + ["--env-file", path])
        program.closeInput()
        #expect(program.wait() == 78)
        // The report of doctor is its answer.
        #expect((program.readAll() + program.readErrors()).contains("chmod 600 \(path)"))
    }
}

@Suite struct `An http address of another machine` {
    private static let environment = [
        "OVALEDGE_BASE_URL": "http://catalog.example.com/ovaledge", "OVALEDGE_USER_TOKEN": "token-1234567",
        "OVALEDGE_USER_SECRET": "secret-1234567", "LOG_LEVEL": "error",
    ]

    @Test func `lets the server start, and every call names the remedy`() throws {
        let client = try Conversation(environment: Self.environment)
        client.call(1)
        let text = try client.answer()["result"]?["content"]?[0]?["text"]?.string ?? ""
        #expect(text.contains("unencrypted") && text.contains("OVALEDGE_ALLOW_HTTP=true"))
        client.program.closeInput()
        #expect(client.program.wait() == 0)
        #expect(client.program.readErrors().contains("not signed in: OVALEDGE_BASE_URL begins with http://"))
    }

    @Test(arguments: [["call", "asset_explorer"], ["doctor"], ["settings"]])
    func `is a problem of the settings for a command`(arguments: [String]) throws {
        let program = try RunningProgram("oe-mcp", arguments, environment: Self.environment)
        #expect(program.wait() == 78)
        #expect((program.readAll() + program.readErrors()).contains("OVALEDGE_ALLOW_HTTP=true"))
    }

    @Test(arguments: [["call", "asset_explorer", "limit=1"], ["doctor"], ["settings"]])
    func `is no matter to the sandbox, which sends nothing`(arguments: [String]) throws {
        let program = try RunningProgram("oe-mcp", arguments + ["--sandbox"], environment: Self.environment)
        #expect(!program.readAll().isEmpty)
        #expect(program.wait() == 0)
    }

    /// Of a request to an http address a proxy sees everything.
    @Test func `is not what an address of this machine becomes behind a proxy elsewhere`() throws {
        let environment = ["HTTP_PROXY": "http://proxy.invalid:8080", "OVALEDGE_MAX_RETRIES": "1"]
        let client = try Conversation(with: ServedSandbox(), environment: environment)
        client.call(1)
        #expect(try client.answer().isSuccess)
    }
}
