import Logging
import Secrets
import Settings
import Testing

private func bridge(
    _ environment: [String: String],
    listens: Bool = true,
    files: [String: String] = [:]
) throws(SettingsError) -> Settings {
    try Settings.read(
        version: "1.2.3",
        listens: listens,
        bridge: BridgeNeeds(),
        environment: environment,
        disk: SettingsDisk(file: disk(files))
    )
}

private let server = ["MCP_REMOTE_SERVER": "https://mcp.example.com/mcp/"]

private func problems(_ environment: [String: String], listens: Bool = true, files: [String: String] = [:]) -> [String]
{
    do throws(SettingsError) {
        _ = try bridge(environment, listens: listens, files: files)
        return []
    } catch {
        return error.problems.map { $0.description }
    }
}

private func with(_ more: [String: String]) -> [String: String] { server.merging(more) { $1 } }

@Suite struct `the settings of a bridge` {
    @Test func `an address is used as it is written`() throws {
        let address = try #require(try bridge(server).remote.server)
        #expect(address.text == "https://mcp.example.com/mcp/")
        let old = try bridge(["MCP_REMOTE_SERVER": "http://127.0.0.1:9/sse?key=abc"]).remote.server
        #expect(old?.shown == "http://127.0.0.1:9/sse")
    }

    @Test func `check 8: names of header fields follow from variables`() {
        let names = [
            "X_API_KEY": "X-API-KEY", "X_CUSTOM_VALUE": "X-Custom-Value", "X_CLIENT_VERSION": "X-Client-Version",
            "X_MCP_READONLY": "X-MCP-Readonly", "X_REQUEST_ID": "X-Request-ID", "AUTHORIZATION": "Authorization",
            "X_THE__NAME": "X-The_Name", "X_KEY": "X-Key", "CLIENT_IP": "Client-IP",
        ]
        for (variable, name) in names { #expect(HeaderFieldName.spelled(variable) == name) }
    }

    @Test func `header fields come from their variables, and an empty one is left out`() throws {
        let fields = try bridge(with(["MCP_REMOTE_HEADER_X_API_KEY": "k1-secret", "MCP_REMOTE_HEADER_X_TEAM": " "]))
            .remote.fields.constant
        #expect(fields == [NamedSecret(name: "X-API-KEY", value: Secret("k1-secret"))])
    }

    @Test func `groups need an issuer that says who is in them`() throws {
        let found = problems(with(["BRIDGE_REQUIRED_GROUPS": "staff, the admins"]))
        #expect(found.count == 1 && found[0].contains("KEYCLOAK_ISSUER"))
        let keycloak = with(["BRIDGE_REQUIRED_GROUPS": "staff, the admins", "AUTH_BASE_URL": "https://id.example"])
        let settings = try bridge(keycloak)
        #expect(settings.bridge.callers.requiredGroups?.all == ["staff", "the admins"])
        #expect(settings.callersIssuer == "https://id.example/realms/inxm")
        let named = try bridge(keycloak.merging(["KEYCLOAK_ISSUER": "https://id.example/x"]) { $1 })
        #expect(named.callersIssuer == "https://id.example/x")
    }

    @Test func `what other bridges read is named, with what does the same here`() throws {
        let settings = try bridge(with(["CORS_ORIGINS": "https://a.example", "WORKERS": "4"]))
        #expect(settings.warnings.contains { $0.contains("CORS_ORIGINS") && $0.contains("MCP_ALLOWED_ORIGINS") })
        #expect(settings.warnings.contains { $0.contains("WORKERS") })
        #expect(try bridge(server).warnings.isEmpty)
    }

    @Test func `a rule on access that is not supported stops the start`() {
        let name = "ALLOWED_HOSTS"
        let found = problems(with([name: "staff"]))
        #expect(found.count == 1 && found[0].contains(name) && found[0].contains("not supported here"))
    }

    @Test func `check 10: a line end in a header field stops the start`() {
        let found = problems(with(["MCP_REMOTE_HEADER_X_TEAM": "a\r\nX-Other: b"]))
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("MCP_REMOTE_HEADER_X_TEAM ") == true)
    }

    @Test func `a name that no header field can have stops the start`() {
        #expect(problems(with(["MCP_REMOTE_HEADER_X Y": "a"])).count == 1)
        #expect(problems(with(["MCP_REMOTE_SERVER_FORWARD_HEADERS": "X-A,b:c"])).count == 1)
    }

    @Test func `check 2: a token and its file are not both set`() throws {
        let both = ["MCP_REMOTE_BEARER_TOKEN": "token-1", "MCP_REMOTE_BEARER_TOKEN_FILE": "/t"]
        #expect(problems(with(both), files: ["/t": "token-2\n"]).first?.contains("both") == true)
        let settings = try bridge(with(["MCP_REMOTE_BEARER_TOKEN_FILE": "/t"]), files: ["/t": "token-2\n"])
        #expect(settings.remote.credentials.bearer?.value == Secret("token-2"))
        #expect(settings.remote.credentials.bearerFile == "/t")
    }

    @Test func `a remote server and a command exclude each other, and one of them is needed`() {
        let both = problems(with(["MCP_SERVER_COMMAND": "/bin/server --stdio"]))
        #expect(both.count == 1)
        #expect(both.first?.contains("MCP_REMOTE_SERVER and MCP_SERVER_COMMAND") == true)
        #expect(problems([:]).first?.hasPrefix("MCP_REMOTE_SERVER is not set") == true)
    }

    @Test func `all problems are said at once`() {
        let found = problems([
            "MCP_REMOTE_SERVER": "ftp://x", "MCP_REMOTE_TIMEOUT": "soon", "MCP_BASE_PATH": "api",
            "MCP_REMOTE_CA_BUNDLE": "/none.pem",
        ])
        #expect(found.count == 4)
        #expect(found.contains { $0.contains("/none.pem") })
    }

    @Test func `http to another machine has to be allowed`() throws {
        let plain = ["MCP_REMOTE_SERVER": "http://mcp.example.com/mcp"]
        #expect(problems(plain).first?.contains("MCP_REMOTE_ALLOW_HTTP") == true)
        #expect(problems(plain.merging(["MCP_REMOTE_ALLOW_HTTP": "true"]) { $1 }) == [])
        #expect(problems(["MCP_REMOTE_SERVER": "http://localhost:8080/mcp"]) == [])
    }

    @Test func `an address that was typed is named, and no setting that no one has set`() throws {
        let table = CommandLineOptions(
            "oe-mcp",
            "Does it.",
            commands: [CommandLineCommand("remote", operands: "URL", "Look.")]
        )
        let line = try table.parse(["remote", "http://mcp.example.com/mcp"])
        let error = #expect(throws: UsageError.self) {
            try Settings.read(
                version: "1.2.3",
                commandLine: line,
                environment: [:],
                disk: SettingsDisk(file: disk([:]))
            )
        }
        #expect(error?.what.hasPrefix("http://mcp.example.com/mcp begins with http://") == true)
    }

    @Test func `an issuer without a client would forward tokens, and is refused where many call`() throws {
        let issuer = with(["MCP_REMOTE_SERVER_OAUTH_ISSUER": "https://login.example.com"])
        #expect(problems(issuer).first?.contains("MCP_REMOTE_CLIENT_ID") == true)
        #expect(problems(issuer, listens: false) == [])
        let whole = issuer.merging(["MCP_REMOTE_CLIENT_ID": "c", "MCP_REMOTE_CLIENT_SECRET": "hush-hush-1"]) { $1 }
        #expect(try bridge(whole).remote.credentials.exchanges)
    }

    @Test func `two names for one size have to agree`() throws {
        #expect(try bridge(server).bridge.maxRequestBytes == 4_194_304)
        #expect(try bridge(with(["MCP_MAX_BODY_BYTES": "100000"])).bridge.maxRequestBytes == 100_000)
        #expect(try bridge(with(["MCP_MAX_REQUEST_BYTES": "70000"])).bridge.maxRequestBytes == 70_000)
        #expect(problems(with(["MCP_MAX_BODY_BYTES": "100000", "MCP_MAX_REQUEST_BYTES": "70000"])).count == 1)
    }

    @Test func `a local server for all who reach this machine needs a key, or a word`() throws {
        let open = ["MCP_SERVER_COMMAND": "/bin/s '--name=a b' c\\ d", "MCP_HTTP_HOST": "0.0.0.0"]
        #expect(problems(open).first?.contains("BRIDGE_API_KEY") == true)
        #expect(problems(open.merging(["BRIDGE_API_KEY": "key-of-the-bridge"]) { $1 }) == [])
        let allowed = try bridge(open.merging(["MCP_BRIDGE_ALLOW_OPEN": "true", "MCP_ENV_API_KEY": "v-secret"]) { $1 })
        #expect(allowed.bridge.child.command == ["/bin/s", "--name=a b", "c d"])
        #expect(allowed.bridge.child.variables == [NamedSecret(name: "API_KEY", value: Secret("v-secret"))])
    }

    @Test func `one file serves all programs: what is wrong for another one stops none`() throws {
        let wrong = ["MCP_REMOTE_TIMEOUT": "soon", "MCP_BASE_PATH": "api", "MCP_REMOTE_HEADER_X_A": "a\nb"]
        _ = try read(wrong)
        #expect(problems(with(["OVALEDGE_BASE_URL": "nothing", "AUTH_MODE": "what", "OAUTH_DCR": "x"])) == [])
        #expect(problems(with(["MCP_HTTP_HOST": "0.0.0.0"])) == [])
    }

    @Test func `a reload of the catalog's own server does not name them`() throws {
        let (one, other) = (try read(server), try read(with(["MCP_REMOTE_HEADER_A": "b-secret"])))
        #expect(other.differences(from: one) == [])
    }

    @Test func `tokens and header values are secrets`() throws {
        let settings = try bridge(
            with([
                "MCP_REMOTE_BEARER_TOKEN": "bearer-1", "MCP_REMOTE_ANON_BEARER_TOKEN": "anon-1",
                "MCP_REMOTE_HEADER_X_A": "value-1", "MCP_ENV_A": "value-2", "BRIDGE_API_KEY": "key-1",
                "MCP_REMOTE_CLIENT_SECRET": "client-1",
            ])
        )
        let secrets = settings.secrets.map { $0.revealed }
        for secret in ["bearer-1", "anon-1", "value-1", "value-2", "key-1", "client-1"] {
            #expect(secrets.contains(secret))
        }
        #expect(!SettingsTable(settings.entries).terminal.contains("value-1"))
    }

    @Test func `the form of the credential can be chosen`() throws {
        let template = ["MCP_REMOTE_AUTH_HEADER_NAME": "X-Token", "MCP_REMOTE_AUTH_HEADER_VALUE_TEMPLATE": "t={token}"]
        let credentials = try bridge(with(template)).remote.credentials
        #expect(credentials.fieldName.text == "X-Token")
        #expect(credentials.valueTemplate == "t={token}")
        #expect(problems(with(["MCP_REMOTE_AUTH_HEADER_VALUE_TEMPLATE": "none"])).count == 1)
    }

    @Test func `a base path has a slash before it and none behind`() throws {
        #expect(try bridge(with(["MCP_BASE_PATH": "/api/github/"])).bridge.basePath.text == "/api/github")
        #expect(try bridge(with(["MCP_BASE_PATH": "/"])).bridge.basePath.text == "")
        for wrong in ["api", "//a", "/a//b", "/a/../b", "/a b", "/a?b"] {
            #expect(problems(with(["MCP_BASE_PATH": wrong])).count == 1, "\(wrong)")
        }
    }
}
