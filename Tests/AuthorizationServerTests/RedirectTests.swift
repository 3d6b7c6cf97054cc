import AuthorizationServer
import Testing

@Suite struct `A redirect address` {
    @Test(arguments: [
        "javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd",
        "blob:https://a/b",
        "about:blank", "ws://a.example/", "ftp://a.example/", "http://a.example/cb", "http://127.0.0.1.evil.test/cb",
        "http://127.0.0.1@evil.test/cb", "https://user@a.example/cb", "https://a.example/cb#x",
        "https://a.example\\@evil.test/",
        "https://a%2eexample/cb", "https://a.example%2f@evil.test/", "https://*.example/cb", "https:///cb",
        "https:a.example",
        "https://a.example:0/cb", "https://a.example:99999/cb", "https://a.example:/cb", "HTTPS://a.example/cb",
        "https://",
        "//a.example/cb", "/cb", "", "cursor", "cursor:", "https://a.example/ü", "https://a.example/a b",
        "urn:ietf:wg:oauth:2.0:oob",
        "app://user@host/cb", "https://a.example/\u{0}",
    ])
    func `is refused where it is dangerous in itself`(text: String) {
        #expect(RedirectURI(text) == nil)
    }

    @Test func `is refused where it is longer than 512 bytes`() {
        let start = "https://a.example/"
        #expect(RedirectURI(start + String(repeating: "a", count: 512 - start.utf8.count)) != nil)
        #expect(RedirectURI(start + String(repeating: "a", count: 513 - start.utf8.count)) == nil)
    }

    @Test(arguments: [
        ("https://claude.ai/api/mcp/auth_callback", RedirectURI.Kind.web),
        ("http://localhost:8787/callback", .loopback),
        ("http://[::1]/cb", .loopback), ("cursor://anysphere.cursor-mcp/oauth/callback", .app),
        ("com.example.app:/cb", .app), ("https://127.0.0.1/cb", .web),
    ])
    func `is of one of three kinds`(text: String, kind: RedirectURI.Kind) throws {
        #expect(try #require(RedirectURI(text)).kind == kind)
    }

    @Test(arguments: ["http://127.0.0.1:5555/callback", "http://127.0.0.1/callback", "http://127.0.0.1:80/callback"])
    func `on this machine may have any port`(text: String) throws {
        let registered = try #require(RedirectURI("http://127.0.0.1/callback"))
        #expect(try #require(RedirectURI(text)).matches(registered))
    }

    @Test(arguments: [
        "http://127.0.0.1:5555/callback?x=1", "http://127.0.0.1/Callback", "http://localhost/callback",
        "http://[::1]/callback",
        "https://127.0.0.1/callback", "http://127.0.0.1/callback/", "http://127.0.0.1/",
        "http://127.0.0.1/x/../callback",
    ])
    func `on this machine has to be the same but for the port`(text: String) throws {
        let registered = try #require(RedirectURI("http://127.0.0.1/callback"))
        #expect(try #require(RedirectURI(text)).matches(registered) == false)
    }

    @Test func `on another machine has to be the same byte for byte`() throws {
        let registered = try #require(RedirectURI("https://a.example/cb"))
        for text in [
            "https://a.example:443/cb", "https://A.example/cb", "https://a.example/cb?", "https://a.example/c%62",
        ] {
            #expect(try #require(RedirectURI(text)).matches(registered) == false, "\(text)")
        }
    }

    @Test func `is allowed where it is known, on this machine, or where every one is`() throws {
        let policy = RedirectPolicy(exact: ["https://a.example/cb"], prefixes: ["https://b.example/redirect/"])
        for text in ["https://a.example/cb", "https://b.example/redirect/tool-1", "http://localhost/any"] {
            #expect(policy.allows(try #require(RedirectURI(text))), "\(text)")
        }
        for text in [
            "https://a.example/cb2", "https://b.example/redirect/", "https://b.example/redirect/a/b",
            "https://b.example/redirect/..", "https://b.example/redirect/a?b", "app://x/cb",
        ] {
            let redirect = try #require(RedirectURI(text))
            #expect(!policy.allows(redirect), "\(text)")
            #expect(policy.opened.allows(redirect))
        }
    }
}
