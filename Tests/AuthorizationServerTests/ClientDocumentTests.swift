import AuthorizationServer
import HTTP
import JSON
import Synchronization
import TestSupport
import Testing

@Suite struct `An address that anyone may name` {
    @Test(arguments: [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "192.88.99.1", "::1",
        "::",
        "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "2002:7f00:1::", "2001::1", "2001:db8::1", "fc00::1",
        "fd12::1",
        "fe80::1", "ff02::1", "3fff::1", "::127.0.0.1",
    ])
    func `is not asked where it is no one's on the internet`(text: String) throws {
        #expect(try #require(PublicAddress(text)).isGloballyRoutable == false)
    }

    @Test(arguments: ["8.8.8.8", "160.79.104.1", "172.32.0.1", "100.128.0.1", "2606:4700::1", "2a00:1450::1"])
    func `is asked where it is someone's`(text: String) throws {
        #expect(try #require(PublicAddress(text)).isGloballyRoutable)
    }
}

@Suite struct `The address of a client's document` {
    @Test(arguments: [
        "http://a.example/x", "https://a.example", "https://a.example/", "https://a.example/x#y",
        "https://u@a.example/x",
        "https://a.example:443/x", "https://a.example/./x", "https://a.example/a/../x", "https://a.example/%2e%2e/x",
        "https://127.0.0.1/x", "https://[::1]/x", "https://2130706433/x", "https://A.example/x", "HTTPS://a.example/x",
        "https://a.example/x y", "https://a..example/x", "https://intranet/x", "https://a.example\\x",
    ])
    func `is not taken where two could read it in two ways`(text: String) { #expect(ClientDocumentID(text) == nil) }

    @Test func `is taken as it is written`() throws {
        let id = try #require(ClientDocumentID("https://claude.ai/oauth/mcp-oauth-client-metadata"))
        #expect(id.host == "claude.ai")
        #expect(ClientDocumentID("https://a.example/" + String(repeating: "x", count: 500)) == nil)
    }
}

/// Documents by address, and who was asked for them.
private final class Web: HTTPClient {
    let answers = Mutex<[String: HTTPResponse]>([:])
    let asked = Mutex<[HTTPRequest]>([])

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        asked.withLock { $0.append(request) }
        guard let answer = answers.withLock({ $0[request.url] }) else { throw .timedOut(seconds: 5) }
        return answer
    }

    func publish(
        _ url: String,
        _ json: JSON,
        fields: HTTPFields = ["Content-Type": "application/json"],
        status: HTTPStatus = .ok
    ) {
        answers.withLock { $0[url] = HTTPResponse(status, fields: fields, body: json.bytes) }
    }

    var count: Int { asked.withLock { $0.count } }
}

@Suite struct `A client's document` {
    private static let url = "https://app.example/client.json"
    private let web = Web()
    private let clock = TestClock()

    private static func document(_ changed: [(String, JSON?)] = []) -> JSON {
        var json: JSON = [
            "client_id": .string(url), "client_name": "App",
            "redirect_uris": ["https://app.example/cb", "http://127.0.0.1/cb"],
            "grant_types": ["authorization_code", "refresh_token"],
        ]
        for (name, value) in changed { json[name] = value }
        return json
    }

    private func documents(
        _ policy: ClientDocuments.Policy = .any,
        addresses: [String] = ["8.8.8.8"],
        detours: ClientDocuments.Detours = [:]
    ) -> ClientDocuments {
        let clock = clock
        return ClientDocuments(
            policy,
            client: web,
            resolve: { _ in addresses },
            detours: detours,
            redirects: RedirectPolicy(exact: ["https://known.example/redirect"]),
            now: { clock.now }
        )
    }

    private func look(_ documents: ClientDocuments, _ url: String = url, from address: String = "1") async throws
        -> OAuthClient?
    {
        let finding = await documents.client(try #require(ClientDocumentID(url)), for: address)
        return if case .client(let client) = finding { client } else { nil }
    }

    @Test func `is fetched from the address that was looked at, and kept`() async throws {
        web.publish(Self.url, Self.document())
        let documents = documents()
        let client = try #require(try await look(documents))
        #expect(client.name == "App")
        #expect(client.identity == .published(host: "app.example"))
        #expect(client.isPublic)
        #expect(web.asked.withLock { $0.first?.connectTo } == "8.8.8.8:443")
        #expect(web.asked.withLock { $0.first?.fields["Authorization"] } == nil)
        _ = try await look(documents)
        #expect(web.count == 1)
        #expect(documents.isOffered)
    }

    @Test(arguments: [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::ffff:8.8.8.8"], [], ["what"]])
    func `is not fetched where any address of its host is not on the internet`(addresses: [String]) async throws {
        web.publish(Self.url, Self.document())
        #expect(try await look(documents(addresses: addresses)) == nil)
        #expect(web.count == 0)
    }

    @Test(
        arguments: [
            [("client_id", JSON.string(url + "/"))], [("client_name", nil)], [("client_name", "\u{202E}")],
            [("redirect_uris", nil)], [("jwks", ["keys": [["kty": "EC", "d": "x"]]])],
            [("redirect_uris", ["https://third.example/cb"])], [("client_secret", "x")],
            [("token_endpoint_auth_method", "client_secret_post")], [("token_endpoint_auth_method", "private_key_jwt")],
            [("token_endpoint_auth_methods_supported", ["private_key_jwt"])], [("grant_types", ["client_credentials"])],
        ] as [[(String, JSON?)]]
    )
    func `is refused where it says what is not taken`(changed: [(String, JSON?)]) async throws {
        web.publish(Self.url, Self.document(changed))
        #expect(try await look(documents()) == nil)
    }

    @Test func `that offers more than is served is taken for what is`() async throws {
        web.publish(
            Self.url,
            Self.document([
                ("token_endpoint_auth_method", "private_key_jwt"),
                ("token_endpoint_auth_methods_supported", ["private_key_jwt", "none"]),
                (
                    "grant_types",
                    ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:jwt-bearer"]
                ),
            ])
        )
        #expect(try await look(documents())?.grants == [.authorizationCode, .refreshToken])
    }

    @Test func `leads to its own host, to this machine or to what is known, and nowhere else`() async throws {
        let uris: JSON = [
            "https://third.example/cb", "https://known.example/redirect", "https://app.example.evil.test/cb",
            "https://app.example/deep/cb", "http://localhost/cb", "app://x/cb",
        ]
        web.publish(Self.url, Self.document([("redirect_uris", uris)]))
        #expect(
            try await look(documents())?.redirects.map { $0.text } == [
                "https://known.example/redirect", "https://app.example/deep/cb", "http://localhost/cb",
            ]
        )
    }

    @Test func `is refused as a redirect, as another type, twice over, and for a minute`() async throws {
        let documents = documents()
        web.publish(Self.url, Self.document(), status: .found)
        #expect(try await look(documents) == nil)
        web.publish(Self.url, Self.document())
        #expect(try await look(documents) == nil)
        #expect(web.count == 1)
        clock.advance(by: 61)
        web.publish(Self.url, Self.document(), fields: ["Content-Type": "text/html"])
        #expect(try await look(documents) == nil)
        clock.advance(by: 61)
        web.answers.withLock {
            let text =
                #"{"client_id":"\#(Self.url)","client_name":"a","client_name":"b","redirect_uris":["http://127.0.0.1/cb"]}"#
            $0[Self.url] = HTTPResponse(.ok, text: text, type: "application/json")
        }
        #expect(try await look(documents) == nil)
    }

    @Test func `that was good is good for a week while its server fails, and not when it says otherwise`() async throws
    {
        let documents = documents()
        web.publish(Self.url, Self.document())
        #expect(try await look(documents) != nil)
        web.publish(Self.url, [:], status: .serviceUnavailable)
        clock.advance(by: 6 * 86_400)
        #expect(try await look(documents) != nil)
        #expect(web.count == 2)
        for status: HTTPStatus in [.forbidden, .found, .ok] {
            web.publish(Self.url, [:], fields: ["Content-Type": "text/html"], status: status)
            clock.advance(by: 61)
            #expect(try await look(documents) != nil, "\(status)")
        }
        #expect(web.count == 5)
        clock.advance(by: 2 * 86_400)
        #expect(try await look(documents) == nil)
        clock.advance(by: 61)
        web.publish(Self.url, Self.document())
        #expect(try await look(documents) != nil)
        clock.advance(by: 400)
        web.publish(Self.url, Self.document([("client_id", "https://other.example/x")]))
        #expect(try await look(documents) == nil)
        clock.advance(by: 61)
        web.publish(
            Self.url,
            Self.document(),
            fields: ["Content-Type": "application/json", "Cache-Control": "max-age=nan"]
        )
        #expect(try await look(documents) != nil)
        #expect(try await look(documents) != nil)
        #expect(web.count == 9)
    }

    @Test func `is fetched 10 times a minute for one address`() async throws {
        let documents = documents()
        for number in 0..<10 { _ = try await look(documents, "https://app\(number).example/x") }
        let id = try #require(ClientDocumentID("https://app11.example/x"))
        guard case .busy(let seconds) = await documents.client(id, for: "1") else {
            Issue.record("It was fetched.")
            return
        }
        #expect((1...61).contains(seconds))
        _ = try await look(documents, "https://app11.example/x", from: "2")
        #expect(web.count == 11)
    }

    @Test func `is fetched once for many who ask at once, which counts once`() async throws {
        web.publish(Self.url, Self.document())
        let documents = documents()
        let found = await atOnce(50) { try await look(documents) }
        #expect(found.allSatisfy { $0 != nil })
        #expect(web.count == 1)
        for number in 0..<9 { _ = try await look(documents, "https://app\(number).example/x") }
        #expect(web.count == 10)
    }

    @Test func `that is built in needs no one to be asked`() async throws {
        let known = documents(.known)
        let claude = try #require(try await look(known, "https://claude.ai/oauth/mcp-oauth-client-metadata"))
        #expect(claude.redirects.map { $0.text }.first == "https://claude.ai/api/mcp/auth_callback")
        let chat = try #require(try await look(known, "https://chatgpt.com/oauth/abc-123/client.json"))
        #expect(chat.redirects.map { $0.text } == ["https://chatgpt.com/connector/oauth/abc-123"])
        #expect(try await look(known, "https://chatgpt.com/oauth/a/b/client.json") == nil)
        #expect(try await look(known, Self.url) == nil)
        #expect(try await look(documents(.off), "https://claude.ai/oauth/mcp-oauth-client-metadata") == nil)
        #expect(web.count == 0 && !chat.mayHaveKeys)
        // Where the document cannot be fetched, what it was stands in, without the keys that it may have.
        let code = try #require(try await look(documents(), "https://claude.ai/oauth/claude-code-client-metadata"))
        #expect(code.mayHaveKeys)
    }

    @Test func `is offered once one could be fetched`() async {
        let documents = documents()
        await documents.probe()
        #expect(!documents.isOffered)
        let url = "https://claude.ai/oauth/mcp-oauth-client-metadata"
        web.publish(
            url,
            [
                "client_id": .string(url), "client_name": "Claude",
                "redirect_uris": ["https://claude.ai/api/mcp/auth_callback"],
            ]
        )
        await documents.probe()
        #expect(documents.isOffered)
    }
}
