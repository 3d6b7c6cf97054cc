import HTTP
import Testing

@testable import StreamableHTTP

@Suite struct `What must hold of a request` {
    @Test(arguments: [
        (HTTPMethod.post, "/mcp", nil, true), (.post, "/mcp/", nil, true), (.get, "/mcp?x=1", nil, true),
        (.post, "/", nil, true), (.get, "/", "text/event-stream", true), (.get, "/", "*/*", false),
        (.delete, "/", nil, false), (.post, "/MCP", nil, false), (.post, "//mcp", nil, false),
        (.post, "/mcp%2f", nil, false), (.post, "/%6dcp", nil, false), (.post, "/mcp/x", nil, false),
        (.post, "/sse", nil, false), (.post, "http://localhost/mcp", nil, true),
    ])
    func `is that it comes to the endpoint, as its path was written`(
        method: HTTPMethod,
        target: String,
        accept: String?,
        isEndpoint: Bool
    ) {
        let fields: HTTPFields = accept.map { ["Accept": $0] } ?? [:]
        #expect(rules().isEndpoint(head(method, target, fields)) == isEndpoint)
    }

    @Test func `is looked for in every Accept field`() {
        #expect(RequestRules.namesStream(head(.get, "/mcp", ["Accept": "text/html", "Accept": "Text/Event-Stream"])))
    }

    @Test(arguments: [
        ("localhost", true), ("localhost:8000", true), ("127.0.0.1", true), ("[::1]:8000", true),
        ("evil.example", false),
        ("localhost.evil", false), ("10.0.0.9:1", true), ("10.0.0.8", false), ("mcp.example.com", true),
        ("listed.example:81", true), ("listed.example:82", false), ("", false), ("a b", false),
    ])
    func `is that it names this server`(host: String, isAllowed: Bool) {
        let rules = rules {
            $0.publicBaseURL = "https://mcp.example.com"
            $0.hosts = [AllowedHost("listed.example:81")].compactMap { $0 }
        }
        #expect(rules.isHostAllowed(head(.get, "/health", ["Host": host], local: "10.0.0.9")) == isAllowed)
    }

    @Test func `is that a host in its target is this server's, too`() {
        let allowed = rules()
        #expect(!allowed.isHostAllowed(head(.get, "http://evil.example/mcp", ["Host": "localhost"])))
        #expect(allowed.isHostAllowed(head(.get, "http://localhost:9/mcp", ["Host": "localhost"])))
    }

    @Test func `is no name where clients bring their credentials, and none is listed`() {
        #expect(rules { $0.isLoopback = false }.isHostAllowed(head(.get, "/", ["Host": "any.example"])))
        let listed = rules {
            $0.isLoopback = false
            $0.hosts = []
        }
        #expect(!listed.isHostAllowed(head(.get, "/", ["Host": "localhost"], local: "10.0.0.9")))
    }

    @Test func `is that no page of another origin sends it`() {
        let rules = rules { $0.origins = [AllowedOrigin("https://app.example")].compactMap { $0 } }
        #expect(rules.isOriginAllowed(head()))
        #expect(rules.isOriginAllowed(head(.post, "/mcp", ["Origin": "https://app.example"])))
        #expect(rules.isOriginAllowed(head(.post, "/mcp", ["Origin": "http://localhost:5173"])))
        #expect(!rules.isOriginAllowed(head(.post, "/mcp", ["Origin": "null"])))
        #expect(
            !rules.isOriginAllowed(head(.post, "/mcp", ["Origin": "https://app.example", "Origin": "https://evil"]))
        )
    }

    @Test func `is not that its origin is on its own machine, where the server is on another`() {
        let remote = rules { $0.isLoopback = false }
        #expect(!remote.isOriginAllowed(head(.post, "/mcp", ["Origin": "http://localhost:5173"])))
    }

    @Test(arguments: [
        ("token=x", true), ("a=1&SECRET=x", true), ("access_token", true), ("api_key=", true), ("key=1", true),
        ("to%6ben=x", true), ("token=%ZZ", true), ("token=%FF", true), ("tokens=x", false), ("x=token", false),
        ("", false), ("=token", false),
    ])
    func `is that its query has no credential in it`(query: String, carries: Bool) {
        #expect(rules().carriesSecret(head(.post, "/mcp?\(query)")) == carries)
    }

    @Test(arguments: [
        ("https", true), ("HTTPS", true), (" https , http", true), ("http", false), ("http, https", false), ("", false),
    ])
    func `is that it was encrypted on its way, as a proxy says`(proto: String, isSecure: Bool) {
        let head = head(.post, "/mcp", ["X-Forwarded-Proto": proto], peer: "192.0.2.1")
        #expect(rules().isSecure(head) == isSecure)
        #expect(!rules { $0.trustedProxies = [] }.isSecure(head))
        #expect(
            rules { $0.trustedProxies = [AddressRange("192.0.2.0/24")].compactMap { $0 } }.isSecure(head) == isSecure
        )
    }

    @Test(arguments: [
        ("192.0.2.7", true), ("192.0.3.7", false), ("2001:db8::1", true), ("::ffff:192.0.2.7", true), ("", false),
        ("nowhere", false),
    ])
    func `is that it comes from an allowed network, where those are named`(peer: String, isAllowed: Bool) {
        let sources = ["192.0.2.0/24", "2001:db8::/32"].compactMap { AddressRange($0) }
        #expect(rules { $0.sources = sources }.isSourceAllowed(head(peer: peer)) == isAllowed)
        #expect(rules().isSourceAllowed(head(peer: peer)))
        // Of a proxy that is trusted counts who is behind it.
        let behind = rules {
            $0.sources = sources
            $0.trustedProxies = [AddressRange("10.0.0.1")].compactMap { $0 }
        }
        let forwarded = head(.post, "/mcp", ["X-Forwarded-For": "192.0.2.9"], peer: "10.0.0.1")
        #expect(behind.isSourceAllowed(forwarded))
    }

    @Test func `is that it was encrypted on its way here`() {
        #expect(rules().isSecure(head(isSecure: true)))
        #expect(!rules().isSecure(head()))
    }
}

@Suite struct `The address of a client` {
    private func address(_ fields: HTTPFields, peer: String = "10.0.0.1", trusted: [String]? = ["10.0.0.0/8"]) -> String
    {
        rules { $0.trustedProxies = trusted?.compactMap { AddressRange($0) } }
            .clientAddress(head(.post, "/mcp", fields, peer: peer))
    }

    @Test(arguments: [
        ("203.0.113.9", "203.0.113.9"), ("198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("198.51.100.1, 203.0.113.9, 10.9.9.9", "203.0.113.9"), ("198.51.100.1,203.0.113.9 , 127.0.0.1", "203.0.113.9"),
        ("10.1.1.1, 10.2.2.2", "10.0.0.1"), ("2001:db8::1", "2001:db8::1"), ("", "10.0.0.1"),
    ])
    func `is the right-most hop that is no trusted proxy`(hops: String, expected: String) {
        #expect(address(["X-Forwarded-For": hops]) == expected)
    }

    @Test func `is looked for in all fields, of which the last is that of the nearest proxy`() {
        let fields: HTTPFields = ["X-Forwarded-For": "198.51.100.1", "X-Forwarded-For": "203.0.113.9"]
        #expect(address(fields) == "203.0.113.9")
    }

    @Test(arguments: ["198.51.100.1, unknown", "198.51.100.1, _hidden", "198.51.100.1, 0.0.0.0/0", "198.51.100.1,, "])
    func `is the peer's where a proxy wrote no address, whatever stands before it`(hops: String) {
        #expect(address(["X-Forwarded-For": hops]) == "10.0.0.1")
    }

    @Test(arguments: [("203.0.113.9:4711", "203.0.113.9"), ("[2001:db8::1]:4711", "2001:db8::1"), ("[::2]", "::2")])
    func `is written with a port by some proxies`(hop: String, expected: String) {
        #expect(address(["X-Forwarded-For": hop]) == expected)
    }

    @Test func `is the peer's where that is no trusted proxy`() {
        #expect(address(["X-Forwarded-For": "203.0.113.9"], peer: "192.0.2.1") == "192.0.2.1")
        #expect(address(["X-Forwarded-For": "203.0.113.9"], trusted: nil) == "10.0.0.1")
        #expect(address(["X-Forwarded-For": "203.0.113.9"], peer: "127.0.0.1", trusted: nil) == "203.0.113.9")
    }
}
