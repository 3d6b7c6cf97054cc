import Logging
import Settings
import Testing

/// What is wrong with these settings for a program that listens.
private func problems(_ environment: [String: String], _ files: [String: String] = [:]) -> [String] {
    do {
        _ = try read(environment, listens: true, files: disk(files))
        return []
    } catch {
        return error.problems.map { $0.description }
    }
}

private let certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
private let key = "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n"

@Suite struct `The settings of a program that listens` {
    @Test func `need nothing, and let only this machine in`() throws {
        let settings = try read(listens: true)
        #expect(settings.listen.host == .loopback && settings.listen.port == 8000)
        #expect(!settings.listen.isStateless && settings.listen.responseForm == .json)
        #expect(settings.httpAccess.hosts == nil && settings.httpAccess.origins == nil)
        #expect(settings.httpAccess.takesAliases && settings.httpAccess.servesDiscovery)
        #expect(settings.files.tls == nil && settings.files.sealKeys == nil)
        #expect(settings.httpLimits.bodyBytes == 4 << 20 && settings.listen.accounts == 10_000)
        #expect(settings.httpLimits.calls == 600 && settings.httpLimits.inFlight == 256)
        #expect(settings.warnings.isEmpty)
    }

    @Test(arguments: [
        ("local", nil, false), ("local", "true", true), ("remote_credentials", nil, true),
        ("remote_credentials", "false", false),
    ])
    func `keep sessions in mode local, unless they say otherwise`(mode: String, text: String?, isStateless: Bool) throws
    {
        let settings = try read(["AUTH_MODE": mode, "MCP_HTTP_STATELESS": text ?? ""], listens: true)
        #expect(settings.listen.isStateless == isStateless)
    }

    @Test(arguments: [
        ("true", ResponseFormChoice.json), ("1", .json), ("FALSE", .stream), ("no", .stream), ("Auto", .auto),
    ])
    func `know the form of answers in the usual words`(text: String, form: ResponseFormChoice) throws {
        #expect(try read(["MCP_JSON_RESPONSE": text]).listen.responseForm == form)
    }

    @Test(arguments: [
        ("0.0.0.0", false), ("127.0.0.1", true), ("127.8.8.8", true), ("::1", true), ("[::1]", true), ("::", false),
        ("localhost", true), ("::ffff:127.0.0.1", true), ("192.168.0.1", false),
    ])
    func `know which addresses only this machine reaches`(text: String, isLoopback: Bool) throws {
        let settings = try read(["MCP_HTTP_HOST": text, "AUTH_MODE": "remote_credentials"], listens: true)
        #expect(settings.listen.host.isLoopback == isLoopback)
    }

    @Test func `refuse to act as one person for everyone in the network`() {
        #expect(
            problems(["MCP_HTTP_HOST": "0.0.0.0"]) == [
                "MCP_HTTP_HOST names an address that others can reach, and in mode local all of them would act as you. "
                    + "Write MCP_HTTP_HOST=127.0.0.1, or AUTH_MODE=remote_credentials for many people."
            ]
        )
        #expect(problems(["MCP_ALLOWED_ORIGINS": "*"]).count == 1)
    }

    @Test func `say of each mode with OAuth what it cannot do without`() {
        let behindProvider = problems(["AUTH_MODE": "remote"])
        #expect(
            behindProvider.map { $0.prefix { $0 != " " } } == ["MCP_PUBLIC_BASE_URL", "OAUTH_ISSUER", "OAUTH_AUDIENCE"]
        )
        let withPage = problems(["AUTH_MODE": " Remote_Login "])
        #expect(withPage.map { $0.prefix { $0 != " " } } == ["OAUTH_KEY_FILE", "MCP_PUBLIC_BASE_URL"])
    }

    @Test func `take the keys of sign-ins from the settings where there can be no file`() throws {
        let (digits, other) = (String(repeating: "ab", count: 32), String(repeating: "cd", count: 32))
        let environment = [
            "AUTH_MODE": "remote_login", "MCP_PUBLIC_BASE_URL": "https://mcp.example.com",
            "OAUTH_KEY": "\(digits) \(other)",
        ]
        let settings = try read(environment, listens: true)
        #expect(settings.files.signInKeys?.keys.map { $0.revealed } == [digits, other])
        #expect(settings.secrets.contains { $0.revealed.contains(digits) })
        #expect(problems(environment.merging(["OAUTH_KEY": "secret-in-the-wrong-place"]) { $1 }).count == 1)
        #expect(problems(environment.merging(["OAUTH_KEY_FILE": "keys"]) { $1 }, ["keys": digits]).count == 1)
    }

    @Test(arguments: [
        ["MCP_PUBLIC_BASE_URL": "https://mcp.example.com/path"], ["OAUTH_DCR": "off", "OAUTH_CIMD": "off"],
    ])
    func `refuse a sign-in page to which no one could come`(wrong: [String: String]) {
        let environment = [
            "AUTH_MODE": "remote_login", "MCP_PUBLIC_BASE_URL": "https://mcp.example.com",
            "OAUTH_KEY": String(repeating: "ab", count: 32),
        ]
        #expect(problems(environment) == [])
        #expect(problems(environment.merging(wrong) { $1 }).count == 1)
    }

    @Test(arguments: [
        ["OAUTH_EXCHANGE": "on_behalf_of", "OAUTH_CLIENT_ID": "mcp"],
        ["OAUTH_INTROSPECTION_URL": "https://id.example.com/introspect"], ["OAUTH_CA_BUNDLE": "/missing.pem"],
    ])
    func `refuse to ask an identity provider that would not know who asks, or could not be trusted`(
        wrong: [String: String]
    ) {
        let environment = [
            "AUTH_MODE": "remote", "OAUTH_ISSUER": "https://id.example.com", "OAUTH_AUDIENCE": "api://mcp",
            "MCP_PUBLIC_BASE_URL": "https://mcp.example.com",
        ]
        #expect(problems(environment) == [])
        #expect(problems(environment.merging(wrong) { $1 }).count == 1)
    }

    @Test func `refuse a token that is handed on and exchanged`() {
        let environment = [
            "AUTH_MODE": "remote", "OAUTH_ISSUER": "https://id.example.com", "OAUTH_AUDIENCE": "api://mcp",
            "OAUTH_CLIENT_ID": "mcp", "OAUTH_EXCHANGE": "rfc8693", "MCP_PUBLIC_BASE_URL": "https://mcp.example.com",
        ]
        #expect(problems(environment) == [])
        #expect(problems(environment.merging(["OVALEDGE_REMOTE_FORWARD_IDP_TOKEN": "true"]) { $1 }).count == 1)
    }

    @Test func `take all origins with a warning, where each request brings credentials`() throws {
        let environment = ["AUTH_MODE": "remote_credentials", "MCP_ALLOWED_ORIGINS": "*"]
        let settings = try read(environment, listens: true)
        #expect(settings.httpAccess.origins?.isAny == true)
        #expect(settings.warnings.count == 1)
        #expect(try read(environment).warnings.isEmpty)
    }

    @Test func `take lists in small letters`() throws {
        let settings = try read([
            "MCP_ALLOWED_HOSTS": "MCP.example.com, [::1]:8000 a:1",
            "MCP_ALLOWED_ORIGINS": "https://Chat.example.com,http://localhost:3000,vscode-webview:",
            "MCP_TRUSTED_PROXIES": "10.0.0.0/8, ::1 fd00::/8",
        ])
        #expect(settings.httpAccess.hosts?.entries == ["mcp.example.com", "[::1]:8000", "a:1"])
        let origins = ["https://chat.example.com", "http://localhost:3000", "vscode-webview:"]
        #expect(settings.httpAccess.origins?.entries == origins)
        #expect(settings.httpAccess.trustedProxies?.entries == ["10.0.0.0/8", "::1", "fd00::/8"])
    }

    @Test(arguments: [
        ("MCP_HTTP_HOST", "mcp.example.com"), ("MCP_HTTP_PORT", "65536"), ("MCP_ALLOWED_HOSTS", "https://a"),
        ("MCP_ALLOWED_HOSTS", "a:0"), ("MCP_ALLOWED_HOSTS", "*"), ("MCP_ALLOWED_ORIGINS", "chat.example.com"),
        ("MCP_ALLOWED_ORIGINS", "https://a/"), ("MCP_ALLOWED_ORIGINS", "null"), ("MCP_ALLOWED_ORIGINS", "https:"),
        ("MCP_ALLOWED_ORIGINS", "https://a,*"), ("MCP_TRUSTED_PROXIES", "proxy"),
        ("MCP_TRUSTED_PROXIES", "10.0.0.0/33"), ("ALLOWED_SOURCE_CIDRS", "10.0.0.0/33"),
        ("MCP_LAMBDA_STREAMING", "perhaps"),
        ("MCP_TRUSTED_PROXIES", "10.0.0.0/"), ("MCP_TRUSTED_PROXIES", "1.2.3.4/8/8"), ("MCP_RATE_CALLS", "-1"),
        ("MCP_PUBLIC_BASE_URL", "https://mcp.example.com/mcp"), ("MCP_JSON_RESPONSE", "maybe"),
        ("MCP_TLS_KEY", "key.pem"), ("MCP_TLS_CERTIFICATE", "none.pem"),
    ])
    func `name what cannot be used`(name: String, text: String) {
        let found = problems([name: text])
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix(name) == true)
    }

    /// One file serves both programs.
    @Test func `stop no program that does not listen`() throws {
        let environment = [
            "MCP_HTTP_HOST": "nowhere", "MCP_ALLOWED_ORIGINS": "null", "MCP_SEAL_KEY_FILE": "missing",
            "AUTH_MODE": "remote_login", "MCP_TLS_KEY": "missing",
        ]
        let settings = try read(environment)
        #expect(settings.account.authMode == .remoteLogin)
        #expect(settings.warnings.isEmpty)
        let table = SettingsTable(settings.entries).terminal
        #expect(table.split(separator: "\n").contains { $0.hasPrefix("MCP_HTTP_HOST") && $0.contains("not usable") })
    }

    @Test func `come from options of their own, too`() throws {
        let options = CommandLineOptions("p", "Serves.", options: Settings.options + Settings.listenOptions)
        let line = try options.parse([
            "--port=0", "--host", "::1", "--set", "MCP_HTTP_PORT=1", "--tls-key", "k", "--tls-certificate=c",
        ])
        let settings = try Settings.read(
            version: "1",
            listens: true,
            commandLine: line,
            environment: [
                "MCP_HTTP_HOST": "0.0.0.0", "OVALEDGE_BASE_URL": "https://acme.example",
                "OVALEDGE_USER_TOKEN": "a-user-token-1", "OVALEDGE_USER_SECRET": "a-user-secret-2",
            ],
            disk: SettingsDisk(file: disk(["k": key, "c": certificate]))
        )
        #expect(settings.listen.host.text == "::1" && settings.listen.port == 0)
        #expect(settings.files.tls?.certificate == certificate && settings.files.tls?.key.revealed == key)
    }

    @Test(arguments: [
        ("local", ["OVALEDGE_BASE_URL", "OVALEDGE_USER_TOKEN", "OVALEDGE_USER_SECRET"]),
        ("remote_credentials", ["OVALEDGE_BASE_URL"]),
    ])
    func `are asked for where no one could sign in without them`(mode: String, names: [String]) throws {
        let commands = CommandLineOptions(
            "p",
            "Serves.",
            commands: ["serve", "doctor"].map { CommandLineCommand($0, "Runs.") },
            usual: "serve"
        )
        for words in [[], ["serve"]] {
            let error = try #require(throws: SettingsError.self) {
                try Settings.read(
                    version: "1",
                    listens: true,
                    commandLine: commands.parse(words),
                    environment: ["AUTH_MODE": mode],
                    disk: SettingsDisk()
                )
            }
            #expect(error.problems.map { $0.name } == names)
        }
        let line = try commands.parse(["doctor"])
        let disk = SettingsDisk()
        _ = try Settings.read(
            version: "1",
            listens: true,
            commandLine: line,
            environment: ["AUTH_MODE": mode],
            disk: disk
        )
    }

    @Test func `are read again while the program runs, where it can use them`() throws {
        let changed = [
            "MCP_HTTP_PORT": "1", "MCP_ALLOWED_HOSTS": "a", "MCP_RATE_CALLS": "1", "LOG_LEVEL": "error",
            "OVALEDGE_TOOLS": "x", "OVALEDGE_MAX_RETRIES": "9",
        ]
        let (new, old) = (try read(changed), try read())
        #expect(new.differences(from: old, listens: true) == ["OVALEDGE_MAX_RETRIES", "MCP_HTTP_PORT"])
        #expect(new.differences(from: old) == ["OVALEDGE_MAX_RETRIES"])
    }

    @Test func `know what the guides of OvalEdge name`() throws {
        let file = """
            OVALEDGE_BASE_URL=https://acme.example/ovaledge\nAUTH_MODE=remote_credentials\nMCP_HTTP_STATELESS=false
            OVALEDGE_TIMEOUT_SECONDS=30\nOVALEDGE_LOG_HTTP_REQUESTS=true\nOVALEDGE_MAX_RETRIES=3
            OVALEDGE_RETRY_BACKOFF_SECONDS=0.5\nOVALEDGE_HTTP_AUTH_SCHEME=jwt\nOVALEDGE_USER_TOKEN=a-user-token-1
            OVALEDGE_USER_SECRET=a-user-secret-2\nOVALEDGE_TOKEN_EXCHANGE_FALLBACK_HEADER=X-Token
            OAUTH_ISSUER=https://id.example\nOAUTH_AUDIENCE=api\nOVALEDGE_REMOTE_FORWARD_IDP_TOKEN=true
            MCP_PUBLIC_BASE_URL=https://mcp.example\nMCP_JSON_RESPONSE=true\nCREDENTIALS_CACHE_MAX_ENTRIES=10000
            AWS_REGION=us-east-1\nMCP_SERVER_NAME=x\nMCP_SERVER_VERSION=1\nOPENAI_APPS_CHALLENGE=c
            OVALEDGE_TAG_AUTO_DESCRIPTION=true\nMCP_BRAND_ICON_BASE_URL=https://x.example
            """
        for listens in [true, false] {
            let settings = try read(envFile: "a.env", listens: listens, files: disk(["a.env": file]))
            #expect(settings.warnings.isEmpty && settings.trustWarnings.isEmpty)
        }
    }
}

@Suite struct `The files that settings name` {
    private let digits = String(repeating: "0123456789abcdef", count: 4)

    @Test func `hold keys, the newest first`() throws {
        let other = String(repeating: "A", count: 64)
        let file = try KeyFile(parsing: "# made on Monday\n\(digits) # newest\n\n  \(other)\r\n")
        #expect(file.keys.map { $0.revealed } == [digits, other.lowercased()])
        #expect(!"\(file)".contains("0123"))
    }

    @Test(arguments: ["", "# none\n", "0123", "xyz", "0123456789abcdef 0123456789abcdef"])
    func `are refused where something else is in them`(text: String) {
        #expect(throws: KeyFileFault.self) { try KeyFile(parsing: text) }
        #expect(throws: KeyFileFault.self) { try KeyFile(parsing: digits + "\n" + digits + "0") }
    }

    @Test func `may be left out where the keys are there themselves`() throws {
        let other = String(repeating: "a", count: 64)
        let settings = try read(["MCP_SEAL_KEY": " \(digits)  \(other)"], listens: true)
        #expect(settings.files.sealKeys?.keys.map { $0.revealed } == [digits, other])
        #expect(settings.secrets.contains { $0.revealed.contains(digits) })
        #expect(problems(["MCP_SEAL_KEY": "secret-in-the-wrong-place"]).joined().contains("secret-in") == false)
        #expect(problems(["MCP_SEAL_KEY": "short"]).count == 1)
        let both = problems(["MCP_SEAL_KEY": digits, "MCP_SEAL_KEY_FILE": "seal"], ["seal": digits])
        #expect(both.map { $0.prefix { $0 != " " } } == ["MCP_SEAL_KEY"])
    }

    @Test func `are all named in one message`() {
        let environment = [
            "MCP_SEAL_KEY_FILE": "seal", "MCP_TLS_CERTIFICATE": "cert", "MCP_TLS_KEY": "key",
            "MCP_ALLOWED_HOSTS": "https://a",
        ]
        let found = problems(environment, ["seal": "secret-in-the-wrong-place", "cert": key])
        #expect(
            found.map { $0.prefix { $0 != " " } } == [
                "MCP_ALLOWED_HOSTS", "MCP_TLS_CERTIFICATE", "MCP_TLS_KEY", "MCP_SEAL_KEY_FILE",
            ]
        )
        #expect(!found.joined().contains("secret-in"))
        #expect(problems(environment.filter { $0.key == "MCP_SEAL_KEY_FILE" }, ["seal": digits]) == [])
    }
}

@Suite struct `The store that instances share` {
    private let keys = ["/k": String(repeating: "0a", count: 32)]

    private func address(_ text: String) throws -> StoreAddress? {
        try read(["MCP_STORE_URL": text, "MCP_SEAL_KEY_FILE": "/k"], listens: true, files: disk(keys)).store.address
    }

    @Test func `is named by its address, with or without a user, a port and a database`() throws {
        let full = try #require(try address("rediss://ann:p%40ss@redis.example.com:6380/3"))
        #expect(full.isEncrypted && full.user == "ann" && full.password?.revealed == "p@ss")
        #expect(full.host == "redis.example.com" && full.port == 6380 && full.database == 3)
        #expect(full.shown == "rediss://••••@redis.example.com:6380/3")
        let short = try #require(try address("redis://[::1]"))
        #expect(!short.isEncrypted && short.user == nil && short.password == nil && short.host == "::1")
        #expect(short.port == 6379 && short.database == 0 && short.isLoopback)
        #expect(try address("redis://:pass@127.0.0.1/")?.user == nil)
    }

    @Test(arguments: [
        "redis.example.org", "http://redis.example.com", "redis://", "redis://a:b@", "redis://host:0", "redis://host/x",
        "redis://host/-1", "redis://ann@host", "redis://host:6379/0?x=1", "redis://%zz:p@host",
    ])
    func `is refused where the address says something else, which is not repeated`(text: String) {
        let found = problems(["MCP_STORE_URL": text, "MCP_SEAL_KEY_FILE": "/k"], keys)
        #expect(found.count == 1 && found.first?.hasPrefix("MCP_STORE_URL") == true)
        #expect(found.first?.contains(text) == false)
    }

    @Test func `needs keys that all instances have`() {
        #expect(
            problems(["MCP_STORE_URL": "redis://127.0.0.1"]) == [
                "MCP_STORE_URL is set without MCP_SEAL_KEY_FILE. Write a file with `oe-mcp-http keys new`, and set "
                    + "MCP_SEAL_KEY_FILE to it on every instance."
            ]
        )
    }

    @Test func `is of no concern to a program that does not listen`() throws {
        let settings = try read(["MCP_STORE_URL": "nonsense"])
        #expect(settings.warnings.isEmpty)
    }

    @Test func `keeps its password to itself, and warns where it travels unencrypted`() throws {
        let environment = ["MCP_STORE_URL": "redis://:p%40ssword-5b20@redis.example.com", "MCP_SEAL_KEY_FILE": "/k"]
        let settings = try read(environment, listens: true, files: disk(keys))
        #expect(settings.warnings.count == 1 && settings.warnings.first?.contains("rediss://") == true)
        let secrets = settings.secrets.map { $0.revealed }
        #expect(secrets.contains("p@ssword-5b20") && secrets.contains("p%40ssword-5b20"))
    }
}
