import Testing

@testable import StreamableHTTP

@Suite struct `An allowed host` {
    @Test(arguments: ["mcp.example.com", "mcp.example.com:8443", "[::1]", "[::1]:80", "10.0.0.1", "LOCALHOST"])
    func `is a name or an address, with or without a port`(text: String) { #expect(AllowedHost(text) != nil) }

    @Test(arguments: [
        "", "http://x", "x/y", "x?y", "x#y", "u@x", "x:", "x:0", "x:65536", "x:y", "*", "x y", "[::1", "::1", "[::1]x",
    ])
    func `is nothing else`(text: String) { #expect(AllowedHost(text) == nil) }

    @Test(arguments: [
        ("x.example", "x.example", true), ("x.example", "X.Example:8080", true), ("x.example", "y.example", false),
        ("x.example:8080", "x.example:8080", true), ("x.example:8080", "x.example:8081", false),
        ("x.example:443", "x.example", true), ("x.example:80", "x.example", true),
        ("x.example:8080", "x.example", false),
        ("x.example", "x.example.evil", false), ("x.example", "evil.x.example", false),
        ("x.example", "x.example.", false),
        ("[::1]", "[::1]:9", true), ("[::1]:9", "[::1]", false),
    ])
    func `stands for any port where it names none`(allowed: String, named: String, isSame: Bool) throws {
        let (allowed, named) = (try #require(AllowedHost(allowed)), try #require(AllowedHost(named)))
        #expect(allowed.matches(named) == isSame)
    }
}

@Suite struct `An allowed origin` {
    @Test(arguments: ["*", "https://app.example.com", "http://x:8080", "http://[::1]:3", "vscode-webview:", "app:"])
    func `is everything, an origin, or a scheme of its own`(text: String) { #expect(AllowedOrigin(text) != nil) }

    @Test(arguments: [
        "", "null", "app.example.com", "https://x/", "https://x/y", "https://x?y", "https://u@x", "https:", "http:",
        "HTTPS:", ":", "a b:", "https://x:99999", "ftp://x",
    ])
    func `is nothing else`(text: String) { #expect(AllowedOrigin(text) == nil) }

    @Test(arguments: [
        ("https://x.example", "https://x.example", true), ("https://x.example", "HTTPS://X.EXAMPLE", true),
        ("https://x.example", "https://x.example:443", true), ("https://x.example:443", "https://x.example", true),
        ("https://x.example", "http://x.example", false), ("https://x.example", "https://x.example:8443", false),
        ("https://x.example", "https://x.example.evil", false), ("https://x.example", "https://x.example/", false),
        ("https://x.example", "https://x.example/path", false), ("https://x.example", "null", false),
        ("https://x.example", "https://x.example@evil", false), ("https://x.example", "", false),
        ("https://x.example", "https://x.example, https://x.example", false),
        ("*", "https://anything.example", true), ("*", "null", false),
        ("vscode-webview:", "vscode-webview://1a2b", true), ("vscode-webview:", "VSCODE-WEBVIEW://1a2b", true),
        ("vscode-webview:", "vscode-webview-evil://1a2b", false), ("vscode-webview:", "https://vscode-webview", false),
    ])
    func `is the same in scheme, host and port`(allowed: String, sent: String, isSame: Bool) throws {
        #expect(try #require(AllowedOrigin(allowed)).matches(sent) == isSame)
    }

    @Test(arguments: [
        ("http://localhost", true), ("https://localhost:5173", true), ("http://127.0.0.1:1", true),
        ("http://[::1]:8080", true), ("HTTP://LOCALHOST:3", true), ("http://localhost.evil", false),
        ("http://127.0.0.1.evil", false), ("http://localhost@evil", false), ("http://evil#localhost", false),
        ("http://localhost/", false), ("null", false), ("http://127.0.0.2", false), ("file://localhost", false),
    ])
    func `is on this machine by its whole host`(origin: String, isLoopback: Bool) {
        #expect(AllowedOrigin.isLoopback(origin) == isLoopback)
    }
}

@Suite struct `A range of addresses` {
    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("10.0.0.7", "10.0.0.7", true),
        ("10.0.0.7", "10.0.0.8", false), ("10.128.0.0/9", "10.127.0.0", false), ("10.128.0.0/9", "10.200.0.0", true),
        ("0.0.0.0/0", "8.8.8.8", true), ("0.0.0.0/0", "::1", false), ("fd00::/8", "fdff::1", true),
        ("fd00::/8", "fe00::1", false), ("::1", "0:0:0:0:0:0:0:1", true), ("10.0.0.0/8", "::ffff:10.1.2.3", true),
        ("10.0.0.0/8", "ten", false), ("192.0.2.1/31", "192.0.2.0", true),
    ])
    func `contains what begins as it does`(range: String, address: String, contains: Bool) throws {
        #expect(try #require(AddressRange(range)).contains(address) == contains)
    }

    @Test(arguments: [
        "", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0/8", "::/129", "x", "10.0.0.0/+8",
        "fe80::1%eth0", "10.0.0.0/ 8",
    ])
    func `is nothing else`(text: String) { #expect(AddressRange(text) == nil) }
}
