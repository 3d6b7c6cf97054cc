import Logging
import Secrets
import Settings
import Testing

private func problems(_ environment: [String: String]) -> [String] {
    do {
        _ = try read(environment)
        return []
    } catch {
        return error.problems.map { $0.description }
    }
}

extension Settings {
    fileprivate func entry(_ name: String) -> SettingEntry? { entries.first { $0.name == name } }
}

@Suite struct `The settings` {
    @Test func `need nothing at all`() throws {
        let settings = try read()
        #expect(settings.account.authMode == .local)
        #expect(settings.account.baseURL == nil)
        #expect(settings.account.userToken == nil)
        #expect(settings.requests.authScheme == "jwt")
        #expect(settings.requests.timeoutSeconds == 30)
        #expect(settings.requests.maxAttempts == 3)
        #expect(settings.requests.backoffSeconds == 0.5)
        #expect(!settings.requests.isLogged)
        #expect(settings.requests.sharesToken)
        #expect(settings.answers.prefersLocalhost)
        #expect(settings.server.name == "OvalEdge MCP Server")
        #expect(settings.server.version == "1.2.3")
        #expect(settings.server.logLevel == .info)
        #expect(settings.server.maxLineBytes == 16 * 1024 * 1024)
        #expect(settings.entries.allSatisfy { $0.origin == .default && $0.value == nil })
        #expect(settings.warnings.isEmpty && settings.trustWarnings.isEmpty)
    }

    @Test func `come from the command line, the environment, the file and the default, in this order`() throws {
        let settings = try read(
            ["LOG_LEVEL": "error", "OVALEDGE_TIMEOUT_SECONDS": "2"],
            commandLine: ["LOG_LEVEL": "debug"],
            envFile: "a.env",
            files: disk([
                "a.env": "LOG_LEVEL=warning\nOVALEDGE_TIMEOUT_SECONDS=3\nOVALEDGE_MAX_RETRIES=4"
            ])
        )
        #expect(settings.server.logLevel == .debug)
        #expect(settings.entry("LOG_LEVEL")?.origin == .commandLine)
        #expect(settings.requests.timeoutSeconds == 2)
        #expect(settings.entry("OVALEDGE_TIMEOUT_SECONDS")?.origin == .environment)
        #expect(settings.requests.maxAttempts == 4)
        #expect(settings.entry("OVALEDGE_MAX_RETRIES")?.origin == .file("a.env"))
        #expect(settings.entry("OVALEDGE_CALL_DEADLINE_SECONDS")?.origin == .default)
    }

    @Test func `take blank text for nothing, and look further`() throws {
        let settings = try read(
            ["OVALEDGE_TIMEOUT_SECONDS": " \t", "OVALEDGE_HTTP_AUTH_SCHEME": ""],
            envFile: "a.env",
            files: disk(["a.env": "OVALEDGE_TIMEOUT_SECONDS=7\nOVALEDGE_BASE_URL=''"])
        )
        #expect(settings.requests.timeoutSeconds == 7)
        #expect(settings.requests.authScheme == "jwt")
        #expect(settings.account.baseURL == nil)
    }

    @Test func `take names in any case, and the exact one first`() throws {
        #expect(try read(["ovaledge_timeout_seconds": "4"]).requests.timeoutSeconds == 4)
        let both = ["ovaledge_timeout_seconds": "4", "OVALEDGE_TIMEOUT_SECONDS": "5", "Ovaledge_Timeout_Seconds": "6"]
        #expect(try read(both).requests.timeoutSeconds == 5)
        #expect(try read(["https_proxy": "http://p:1"]).network.httpsProxy?.shown == "http://p:1")
        #expect(try read(commandLine: ["log_level": "error"]).server.logLevel == .error)
    }

    @Test(arguments: [
        ("https://acme.example/ovaledge///", "https://acme.example/ovaledge"),
        ("  HTTP://127.0.0.1:8080/ ", "http://127.0.0.1:8080"),
        ("https://[::1]:1", "https://[::1]:1"),
    ])
    func `keep an address without slashes at its end`(text: String, address: String) throws {
        #expect(try read(["OVALEDGE_BASE_URL": text]).account.baseURL == address)
    }

    @Test(arguments: [
        ("acme.example", "be an address that begins with https:// or http://"),
        ("ftp://acme.example", "be an address that begins with https:// or http://"),
        ("https://", "be an address that begins with https:// or http://"),
        ("https:///x", "be an address that begins with https:// or http://"),
        ("/ovaledge", "be an address that begins with https:// or http://"),
        ("https://u:hunter2@acme.example", "not have a user name or a password in it"),
        ("https://a b", "not have a blank in it"), ("https://a/b c", "not have a blank in it"),
        ("https://a?x=1", "end before the `?`"), ("https://a/b?x#y", "end before the `?`"),
        ("https://a/#x", "end before the `#`"), ("https://acme.example/ovaledge/#nav/home?id=1", "end before the `#`"),
        ("https://:80", "name a host, and a port up to 65535 if any"),
        ("https://a:99999", "name a host, and a port up to 65535 if any"),
        ("https://a:+80", "name a host, and a port up to 65535 if any"),
        ("https://[::1", "name a host, and a port up to 65535 if any"),
    ])
    func `say which part of an address is wrong, without repeating it`(text: String, fault: String) {
        #expect(
            problems(["OVALEDGE_BASE_URL": text]) == [
                "OVALEDGE_BASE_URL from the environment must \(fault). "
                    + "Write OVALEDGE_BASE_URL=https://acme.ovaledge.net/ovaledge, for example."
            ]
        )
    }

    @Test(arguments: [
        ("true", true), ("1", true), ("YES", true), ("On", true), ("false", false), ("0", false), ("no", false),
        ("OFF", false),
    ])
    func `know yes and no in the usual words`(text: String, value: Bool) throws {
        #expect(try read(["OVALEDGE_LOG_HTTP_REQUESTS": text]).requests.isLogged == value)
    }

    @Test(arguments: [("warn", Log.Level.warning), ("INFO", .info), ("Fatal", .error), ("trace", .debug)])
    func `know the levels of other programs' logs`(text: String, level: Log.Level) throws {
        #expect(try read(["LOG_LEVEL": text]).server.logLevel == level)
    }

    @Test(arguments: ["Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "UTC", "America/Port-au-Prince"])
    func `take the name of a time zone`(name: String) throws {
        #expect(try read(["OVALEDGE_CLIENT_TIMEZONE": name]).answers.timeZone == name)
    }

    @Test(arguments: [
        "CEST+2", "+02:00", "europe/berlin", "Europe/", "/etc/localtime", "../../x", "A/B/C/D", "Europe Berlin",
    ])
    func `refuse what is no time zone`(name: String) {
        #expect(problems(["OVALEDGE_CLIENT_TIMEZONE": name]).count == 1)
    }

    @Test(arguments: [
        ("OVALEDGE_TIMEOUT_SECONDS", "0", "a whole number from 1 to 300"),
        ("OVALEDGE_TIMEOUT_SECONDS", "301", "a whole number from 1 to 300"),
        ("OVALEDGE_TIMEOUT_SECONDS", "30s", "a whole number from 1 to 300"),
        ("OVALEDGE_MAX_RETRIES", "1.5", "a whole number from 1 to 10"),
        ("OVALEDGE_RETRY_BACKOFF_SECONDS", "nan", "a number from 0 to 10"),
        ("OVALEDGE_RETRY_BACKOFF_SECONDS", "-1", "a number from 0 to 10"),
        ("OVALEDGE_LOG_HTTP_REQUESTS", "maybe", "true or false"),
        ("AUTH_MODE", "distant", "one of local, remote, remote_credentials, remote_login"),
        ("LOG_LEVEL", "loud", "one of debug, info, warning, error"),
        ("OVALEDGE_HTTP_AUTH_SCHEME", "jwt:", "one word of letters, digits and dashes"),
        ("OVALEDGE_TOKEN_EXCHANGE_FALLBACK_HEADER", "X Y", "one word of letters, digits and dashes"),
    ])
    func `name what a value must be`(name: String, text: String, expectation: String) {
        let found = problems([name: text])
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("\(name) from the environment must be \(expectation), not `\(text)`.") == true)
    }

    @Test(arguments: ["summer2026", "s3c/Rt+Vq=Lm%Tz?8w", "correct horse", "qwertzuiopasdfghj", "Bearer:"])
    func `do not repeat a wrong value that may be a secret in the wrong place`(text: String) {
        for name in ["LOG_LEVEL", "OVALEDGE_TIMEOUT_SECONDS", "OVALEDGE_CLIENT_TIMEZONE", "OVALEDGE_AUDIT_FOLDER"] {
            let found = problems([name: text])
            #expect(found.count == 1)
            #expect(found.first?.contains("must be") == true)
            #expect(found.first?.contains(text) == false)
        }
    }

    @Test func `know a time zone only if this machine does`() throws {
        let environment = ["OVALEDGE_CLIENT_TIMEZONE": "Europe/Nowhere"]
        let error = #expect(throws: SettingsError.self) {
            try Settings.read(
                version: "1",
                environment: environment,
                disk: SettingsDisk(knowsTimeZone: { $0 != "Europe/Nowhere" })
            )
        }
        #expect(
            error?.problems.map { $0.description } == [
                "OVALEDGE_CLIENT_TIMEZONE names a time zone that does not exist. "
                    + "Write OVALEDGE_CLIENT_TIMEZONE=Europe/Berlin, for example."
            ]
        )
        #expect(try read(environment).answers.timeZone == "Europe/Nowhere")
    }

    @Test func `report all problems in one message`() throws {
        let error = #expect(throws: SettingsError.self) {
            try read(
                ["OVALEDGE_TIMEOUT_SECONDS": "x", "AUTH_MODE": " Distant ", "OVALEDGE_CLIENT_KEY": "k"],
                commandLine: ["OVALEDGE_USER_SECRET": "hunter2", "OVALEDGE_TIMOUT_SECONDS": "3", "SHELL": "/"],
                envFile: "a.env",
                files: disk(["a.env": "hunter2\nOVALEDGE_MAX_RETRIES=99\nhunter3"])
            )
        }
        #expect(
            error?.description == """
                The settings have 8 problems:
                - a.env has no NAME=value in line 1, 3. Correct it, or put a # before it.
                - OVALEDGE_USER_SECRET must not be on the command line, where others can read it. \
                Put it into the environment or into a .env file.
                - AUTH_MODE from the environment must be one of local, remote, remote_credentials, remote_login, \
                not `Distant`. Write AUTH_MODE=local, for example.
                - OVALEDGE_TIMEOUT_SECONDS from the environment must be a whole number from 1 to 300, not `x`. \
                Write OVALEDGE_TIMEOUT_SECONDS=30, for example.
                - OVALEDGE_MAX_RETRIES from a.env must be a whole number from 1 to 10, not `99`. \
                Write OVALEDGE_MAX_RETRIES=3, for example.
                - OVALEDGE_CLIENT_KEY is set without OVALEDGE_CLIENT_CERTIFICATE. Set both, or neither.
                - OVALEDGE_TIMOUT_SECONDS on the command line is not a setting. Did you mean OVALEDGE_TIMEOUT_SECONDS?
                - SHELL on the command line is not a setting. Run `oe-mcp settings` to see them all.
                """
        )
        #expect(SettingsError.exitCode == 78)
    }
}

@Suite struct `Secrets among the settings` {
    private let environment = [
        "OVALEDGE_USER_TOKEN": "hunter1-token", "OVALEDGE_USER_SECRET": "hunter2-secret",
        "OVALEDGE_PROXY": "http://me:hunter3@proxy.example.com:8080",
    ]

    @Test func `are kept, and never printed`() throws {
        let settings = try read(environment)
        #expect(settings.account.userToken?.value?.revealed == "hunter1-token")
        #expect(settings.account.userSecret?.value?.revealed == "hunter2-secret")
        #expect(settings.network.proxy?.address.revealed == "http://me:hunter3@proxy.example.com:8080")
        var dumped = "\(settings)"
        dump(settings, to: &dumped)
        dumped += SettingsTable(settings.entries).terminal
        #expect(!dumped.contains("hunter"))
        #expect(dumped.contains("http://••••@proxy.example.com:8080"))
    }

    @Test func `are listed for the redactor`() throws {
        #expect(
            try read(environment).secrets.map { $0.revealed } == [
                "hunter1-token", "hunter2-secret", "http://me:hunter3@", "me:hunter3", "hunter3",
            ]
        )
        #expect(try read(["HTTPS_PROXY": "proxy:80"]).secrets.isEmpty)
    }

    @Test func `are listed as they travel, too`() throws {
        let secrets = try read(["HTTPS_PROXY": "http://me:a%3Ab%40c@proxy:80"]).secrets
        #expect(secrets.map { $0.revealed }.contains("a:b@c"))
    }

    @Test func `are not repeated where they are in another's place`() {
        let error = #expect(throws: SettingsError.self) {
            try read(environment.merging(["LOG_LEVEL": "hunter2-secret"]) { $1 })
        }
        #expect(error?.description.contains("LOG_LEVEL") == true)
        #expect(error?.description.contains("hunter") == false)
    }

    @Test(arguments: [
        ("proxy:8080", "proxy:8080"), ("HTTPS://p:1", "https://p:1"), ("me:x@p:1", "••••@p:1"),
        ("http://p/", "http://p/"), ("proxy.example", "proxy.example"), ("localhost", "localhost"),
        ("[::1]:1", "[::1]:1"),
        ("socks5h://me:a@b@p", "socks5h://••••@p"),
    ])
    func `are cut from the address of a proxy`(text: String, shown: String) throws {
        #expect(try read(["OVALEDGE_PROXY": text]).network.proxy?.shown == shown)
    }

    @Test(arguments: [
        "ftp://p", "http://", "http://me:hunter2@", "a hunter2", ":8080", "hunter2hunter2", "me:hunter2",
        "http://me:hunter2",
        "hunter2!hunter2:80", "me:hunter2@", "p:0", "p:65536",
    ])
    func `are not repeated when the address of a proxy is wrong`(text: String) {
        let found = problems(["OVALEDGE_PROXY": text])
        #expect(found.count == 1)
        #expect(found.allSatisfy { !$0.contains("hunter2") })
    }
}
