import Settings
import Testing

private func problems(_ environment: [String: String]) -> [String] {
    do {
        _ = try Settings.read(version: "1", environment: environment)
        return []
    } catch {
        return error.problems.map { $0.description }
    }
}

@Suite struct `A setting that cannot have been meant` {
    @Test(arguments: [
        "${input:token}", "${env:OVALEDGE_USER_TOKEN}", "{env:X}", "{{token}}", "%OVALEDGE_USER_TOKEN%", "${TOKEN}",
        "$TOKEN", "$X", "<your-token>", "<user token>", "<TOKEN>", "YOUR_TOKEN", "your-user-secret", "changeme",
        "Change_Me", "change-me!", "replaceme", "xxx", "XXXXXXXX",
    ])
    func `is reported as a placeholder`(text: String) {
        for name in ["OVALEDGE_USER_TOKEN", "OVALEDGE_USER_SECRET", "OVALEDGE_BASE_URL", "LOG_LEVEL"] {
            #expect(
                problems([name: text]) == [
                    "\(name) from the environment is a placeholder that nothing has filled in. Write the value itself: "
                        + "clients fill in placeholders in some places only, and oe-mcp fills in none."
                ]
            )
        }
    }

    @Test(arguments: ["https://${input:host}/ovaledge", "https://<your-host>/ovaledge"])
    func `is reported as a placeholder where an address holds one`(address: String) {
        let found = problems(["OVALEDGE_BASE_URL": address])
        #expect(found.count == 1 && found.first?.contains("placeholder") == true)
    }

    @Test(arguments: [
        "a${b}c", "$2b$10$abcdefgh", "{abc}", "100%sure%", "%", "%%", "${", "<9>", "<a!>", "$aB3x", "$", "$9", "xx",
        "xxy",
        "yours", "your", "your-7Fq2", "changemenot", "changeme123", "youreyes",
    ])
    func `is no placeholder where a secret only looks a little like one`(text: String) throws {
        #expect(problems(["OVALEDGE_USER_SECRET": text]) == [])
    }

    @Test(arguments: [
        ("a\u{200B}b", "U+200B"), ("\u{FEFF}ab", "U+FEFF"), ("ab\u{AD}", "U+00AD"), ("a\u{A0}b", "U+00A0"),
        ("a\u{202E}b", "U+202E"), ("a\u{FE0F}b", "U+FE0F"), ("a\u{1}b", "U+0001"), ("a\u{E0061}b", "U+E0061"),
    ])
    func `has no invisible characters`(text: String, character: String) {
        for (name, text) in [
            ("OVALEDGE_USER_TOKEN", text), ("OVALEDGE_USER_SECRET", text),
            ("OVALEDGE_BASE_URL", "https://a.example/\(text)"),
            ("OVALEDGE_PROXY", "http://me:\(text)@p"), ("OVALEDGE_HTTP_AUTH_SCHEME", text),
        ] {
            #expect(
                problems([name: text]) == [
                    "\(name) from the environment contains the invisible character \(character). Type it instead of copying it."
                ]
            )
        }
    }

    @Test(arguments: [
        ("OVALEDGE_ALLOW_WRITES", "al", "all"), ("OVALEDGE_ALLOW_WRITES", "non", "none"),
        ("OVALEDGE_ALLOW_WRITES", "governance,qualty", "governance,quality"), ("OVALEDGE_CONFIRM_BY", "tokn", "token"),
        ("LOG_LEVEL", "warnin", "warning"),
    ])
    func `is answered with what was most likely meant`(name: String, text: String, meant: String) {
        let found = problems([name: text])
        #expect(found.count == 1 && found.first?.hasSuffix(" Did you mean \(name)=\(meant)?") == true)
    }

    @Test(arguments: ["everything, please", "governance,zzzzzz", "none,qualty"])
    func `is answered with an example where nothing is near`(text: String) {
        #expect(problems(["OVALEDGE_ALLOW_WRITES": text]).first?.contains(" Write OVALEDGE_ALLOW_WRITES=none") == true)
    }

    @Test func `may have them in a name for people`() throws {
        let name = "Katalog \u{1F469}\u{200D}\u{1F52C}"
        #expect(try Settings.read(version: "1", environment: ["MCP_SERVER_NAME": name]).server.name == name)
        #expect(problems(["OVALEDGE_USER_SECRET": "pass wörd ü"]) == [])
    }
}

@Suite struct `An address without encryption` {
    private static let refusal =
        "OVALEDGE_BASE_URL begins with http://, so the secret would travel unencrypted to another machine. "
        + "Write https://, or set OVALEDGE_ALLOW_HTTP=true if you trust the network in between."

    @Test(arguments: [
        "http://catalog.example.com", "HTTP://catalog.example.com", "http://10.0.0.1", "http://127.0.0.1.example.com",
        "http://localhost.example.com", "http://128.0.0.1", "http://127.1", "http://127.0.0.256", "http://0.0.0.0",
        "http://[::2]", "http://[::ffff:10.0.0.1]", "http://host.docker.internal:8080", "http://xlocalhost",
    ])
    func `is refused for another machine`(address: String) throws {
        #expect(problems(["OVALEDGE_BASE_URL": address]) == [Self.refusal])
        let environment = ["OVALEDGE_BASE_URL": address]
        let served = try Settings.read(version: "1", refuses: false, environment: environment)
        #expect(served.refusal?.description == Self.refusal)
        let allowed = environment.merging(["OVALEDGE_ALLOW_HTTP": "true"]) { $1 }
        #expect(try Settings.read(version: "1", environment: allowed).refusal == nil)
    }

    @Test(arguments: [
        "http://localhost", "http://LOCALHOST:8080/x", "http://127.0.0.1", "http://127.255.0.9:1", "http://[::1]:80",
        "https://catalog.example.com",
    ])
    func `is taken on this machine`(address: String) throws {
        #expect(try Settings.read(version: "1", environment: ["OVALEDGE_BASE_URL": address]).refusal == nil)
    }
}

@Suite struct `The hosts without a proxy` {
    @Test(arguments: [
        ("localhost", 443, "localhost"), ("a.example, .b.example", 443, "a.example,.b.example"),
        ("*.corp.example", 443, ".corp.example"), ("a:443,b:80,c", 443, "a,c"), ("b:80", 443, ""), ("b:80", 80, "b"),
        ("*.corp.example:8443", 8443, ".corp.example"), ("*", 443, "*"), ("a,*", 443, "*"), ("a b\tc", 443, "a,b,c"),
        ("[::1]:8080,[::2],fe80::1", 8080, "::1,::2,fe80::1"), ("[::1]:8080", 443, ""),
        ("10.0.0.0/8", 443, "10.0.0.0/8"),
        ("a:", 443, "a"), ("a:x", 443, ""),
    ])
    func `are written as libcurl reads them`(text: String, port: Int, hosts: String) throws {
        let settings = try Settings.read(version: "1", environment: ["NO_PROXY": text])
        #expect(settings.network.noProxy?.hosts(port: port) == hosts)
    }
}
