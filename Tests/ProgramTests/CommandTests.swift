import JSON
import TestSupport
import Testing

@Suite struct `The commands a person types` {
    @Test func `call shows what a tool answers`() throws {
        let program = try RunningProgram(
            "oe-mcp",
            ["call", "--sandbox", "asset_explorer", "search_terms=orders", "limit=2"]
        )
        let text = program.readAll()
        #expect(program.wait() == 0)
        #expect(text.contains("orders"))
    }

    @Test func `call takes JSON and gives JSON`() throws {
        let program = try RunningProgram(
            "oe-mcp",
            ["call", "asset_explorer", "--sandbox", "--structured", "--json", #"{"search_terms":["orders"]}"#]
        )
        let answer = try JSON(parsing: program.readAll())
        #expect(program.wait() == 0)
        #expect(answer.object != nil)
    }

    @Test func `call says what is wrong with its arguments, and fails`() throws {
        let program = try RunningProgram("oe-mcp", ["call", "--sandbox", "asset_details", "objct_id=1"])
        let text = program.readAll()
        #expect(program.wait() == 1)
        #expect(text.contains("object_id"))
    }

    @Test(arguments: [
        (["call"], "oe-mcp tools"), (["cal"], "`call`"), (["--sandbx"], "`--sandbox`"),
        (["call", "nope", "--sandbox"], "nope"),
        (["call", "asset_details", "x", "--sandbox"], "KEY=VALUE"),
        (["call", "asset_details", "--json", "[", "--sandbox"], "not JSON"),
        (["doctor", "--generation", "classic"], "OVALEDGE_API_GENERATION"),
        (["doctor", "--sandbox", "--generation", "8.1"], "classic"),
    ])
    func `a wrong command line is reported in two sentences`(arguments: [String], hint: String) throws {
        let program = try RunningProgram("oe-mcp", arguments)
        #expect(program.wait() == 64)
        #expect(program.readErrors().contains(hint))
        #expect(program.readAll().isEmpty)
    }

    @Test(arguments: [
        (["prompts"], "data_discovery\n    Searches the catalog"),
        (["resources"], "ovaledge://catalog/table/{object_id}"),
    ])
    func `prompts and resources are listed without settings`(arguments: [String], line: String) throws {
        let program = try RunningProgram("oe-mcp", arguments)
        let text = program.readAll()
        #expect(program.wait() == 0)
        #expect(text.contains(line))
    }

    @Test func `doctor passes the sandbox`() throws {
        let program = try RunningProgram("oe-mcp", ["doctor", "--sandbox"])
        let text = program.readAll()
        #expect(program.wait() == 0)
        #expect(text.contains(#/ok +oe\.signin /#) && text.contains(#/ok +oe\.permission /#))
        #expect(text.contains(#/ok +handshake\.stateless /#))
        #expect(!text.contains("FAIL") && !text.contains("✓"))
    }

    @Test(arguments: [
        ("classic", "GET search-catalog (classic interface)"),
        ("transition", "GET asset-explorer (transition interface)"),
        ("current", "POST asset-explorer (consolidated interface)"),
    ])
    func `doctor says which interface answers`(generation: String, form: String) throws {
        let program = try RunningProgram("oe-mcp", ["doctor", "--sandbox", "--generation", generation])
        let text = program.readAll()
        #expect(program.wait() == 0)
        #expect(text.contains(form))
    }

    @Test(arguments: [
        ["asset_explorer", "search_terms=orders"], ["asset_details", "object_id=501", "object_type=oetable"],
        ["asset_lineage", "object_id=501", "object_type=oetable"], ["knowledge_search", "query=create a rule"],
        [
            "access_explorer", "operation=source_system_access", "query_direction=user_to_objects",
            "source_system=snowflake", "username=aiko",
        ],
    ])
    func `call is answered by an older release, unless another generation is set`(_ call: [String]) throws {
        let sandbox = ["call", "--sandbox", "--generation=classic"]
        let program = try RunningProgram("oe-mcp", sandbox + call)
        #expect(!program.readAll().isEmpty)
        #expect(program.wait() == 0)
        let other = try RunningProgram("oe-mcp", sandbox + ["--set", "OVALEDGE_API_GENERATION=consolidated"] + call)
        #expect(other.readAll().contains("OvalEdge returned 404 Not Found for"))
        #expect(other.wait() == 1)
    }

    @Test func `doctor names the settings that are missing`() throws {
        let program = try RunningProgram("oe-mcp", ["doctor"], environment: ["OVALEDGE_USER_TOKEN": "abcdefgh"])
        let text = program.readAll()
        #expect(program.wait() == 78)
        #expect(text.contains(#/FAIL +profile\.complete +OVALEDGE_BASE_URL, OVALEDGE_USER_SECRET are not set/#))
    }

    @Test func `call fails as one with bad settings where some are missing, unless its arguments are wrong`() throws {
        let missing = try RunningProgram("oe-mcp", ["call", "asset_explorer", "search_terms=orders"])
        #expect(missing.readAll().contains("OVALEDGE_BASE_URL"))
        #expect(missing.wait() == 78)
        #expect(try RunningProgram("oe-mcp", ["call", "asset_details", "objct_id=1"]).wait() == 1)
    }

    @Test(arguments: ["eyJleHAiOjFlMzAwfQ", "eyJleHAiOi0xZTMwMH0", "eyJleHAiOjFlMTl9"])
    func `doctor survives a session token that ends at no time there is`(claims: String) throws {
        let backEnd = try OwnBackEnd(signIn: {
            OwnBackEnd.send(#"{"token":"eyJhbGciOiJIUzI1NiJ9.\#(claims).c2ln"}"#, to: $0)
        }) {
            OwnBackEnd.send(#"{"ok":true,"data":{"items":[]}}"#, to: $1)
        }
        let program = try RunningProgram("oe-mcp", ["doctor"], environment: backEnd.settings)
        #expect(program.readAll().contains(#/ok +oe\.signin +a session token /#))
        #expect((program.wait() ?? -1) >= 0)
    }

    @Test func `every problem of the settings comes in one message`() throws {
        let program = try RunningProgram(
            "oe-mcp",
            environment: ["OVALEDGE_TIMEOUT_SECONDS": "soon", "OVALEDGE_BASE_URL": "acme", "AUTH_MODE": "distant"]
        )
        #expect(program.wait() == 78)
        let text = program.readErrors()
        for word in ["OVALEDGE_TIMEOUT_SECONDS", "OVALEDGE_BASE_URL", "AUTH_MODE"] { #expect(text.contains(word)) }
        #expect(program.readAll().isEmpty)
    }

    @Test func `settings shows where each value comes from, and no secret`() throws {
        let program = try RunningProgram(
            "oe-mcp",
            ["settings", "--env-file", "named.env"],
            environment: ["OVALEDGE_USER_TOKEN": "token-in-the-environment"],
            files: ["named.env": "OVALEDGE_USER_SECRET=secret-in-the-file\nOVALEDGE_BASE_URL=https://acme.example/oe\n"]
        )
        let text = program.readAll()
        #expect(program.wait() == 0)
        #expect(text.contains("https://acme.example/oe"))
        #expect(text.contains("environment"))
        #expect(text.contains("named.env"))
        #expect(text.contains("/.local/state/oe-mcp  default") || text.contains("/oe-mcp/audit.key  default"))
        #expect(text.contains("••••"))
        #expect(!text.contains("secret-in-the-file"))
        #expect(!text.contains("token-in-the-environment"))
    }

    @Test(arguments: [
        ["--help"], ["call", "--help"], ["tools", "--help"], ["doctor", "--help"], ["settings", "--help"],
    ])
    func `help is there for each`(arguments: [String]) throws {
        let program = try RunningProgram("oe-mcp", arguments)
        #expect(program.readAll().contains("Usage: oe-mcp"))
        #expect(program.wait() == 0)
    }

    @Test func `version is one line`() throws {
        let program = try RunningProgram("oe-mcp", ["--version"])
        #expect(program.readAll().hasPrefix("oe-mcp "))
        #expect(program.wait() == 0)
    }
}
