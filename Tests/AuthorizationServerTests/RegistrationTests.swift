import HTTP
import JSON
import OAuth
import Testing

@testable import AuthorizationServer

@Suite struct `A client that registers` {
    private static let policy = RedirectPolicy(exact: ["https://a.example/cb"])
    private let clients: RegisteredClients

    init() throws { clients = RegisteredClients(try Self.keys(7), Self.policy) }

    private static func keys(_ bytes: UInt8...) throws -> KeySets {
        try #require(try KeySets(keys: bytes.map { [UInt8](repeating: $0, count: 32) }))
    }

    private func register(_ json: JSON) throws -> JSON {
        try clients.register(json, scopes: ["read", "write"], at: 1_800_000_000.7)
    }

    private static let plain: JSON = [
        "client_name": "Example", "redirect_uris": ["https://a.example/cb"], "token_endpoint_auth_method": "none",
    ]

    private static func changed(_ name: String, _ value: JSON?) -> JSON {
        var json = plain
        json[name] = value
        return json
    }

    @Test func `gets the same id each time, and with it is known again after a new start`() throws {
        let answer = try register(Self.plain)
        let id = try #require(answer["client_id"]?.string)
        #expect(try register(Self.plain)["client_id"]?.string == id)
        let client = try #require(try RegisteredClients(Self.keys(7), Self.policy).client(id))
        #expect(client.name == "Example")
        #expect(client.redirects.map { $0.text } == ["https://a.example/cb"])
        #expect(client.grants == [.authorizationCode, .refreshToken])
        #expect(client.isPublic)
        #expect(answer["client_id_issued_at"] == 1_800_000_000)
        #expect(answer["client_secret"] == nil)
        #expect(answer["registration_client_uri"] == nil)
    }

    @Test func `is known by the key set that made its id, when there is a newer one`() throws {
        let id = try #require(try register(Self.plain)["client_id"]?.string)
        #expect(try RegisteredClients(Self.keys(8, 7), Self.policy).client(id) != nil)
        #expect(try RegisteredClients(Self.keys(8), Self.policy).client(id) == nil)
    }

    @Test func `is not known by an id of which one character is different`() throws {
        let id = try #require(try register(Self.plain)["client_id"]?.string)
        for place in id.utf8.indices.filter({ id.utf8.distance(from: id.startIndex, to: $0) >= 5 }) {
            var bytes = Array(id.utf8)
            bytes[id.utf8.distance(from: id.startIndex, to: place)] ^= 1
            #expect(try clients.client(String(decoding: bytes, as: UTF8.self)) == nil)
        }
    }

    @Test func `is not known any more where its redirects are not allowed any more`() throws {
        let id = try #require(try register(Self.plain)["client_id"]?.string)
        #expect(try RegisteredClients(Self.keys(7), RedirectPolicy(exact: [])).client(id) == nil)
    }

    @Test func `gets a secret of its own where it asks for one or says nothing`() throws {
        let first = try register(Self.changed("token_endpoint_auth_method", nil))
        let second = try register(Self.changed("token_endpoint_auth_method", "client_secret_post"))
        #expect(first["token_endpoint_auth_method"] == "client_secret_basic")
        #expect(first["client_secret_expires_at"] == 0)
        let secrets = [first, second].compactMap { $0["client_secret"]?.string }
        #expect(Set(secrets).count == 2)
        let id = try #require(second["client_id"]?.string)
        let client = try #require(try clients.client(id))
        #expect(client.authentication == [.secretInBody])
        let form = try #require(FormFields("client_id=\(client.id)&client_secret=\(secrets[1])"))
        #expect(try ClientAuthentication(form, [:], issuer: "https://mcp.test", at: 0).proves(client))
        let other = try #require(FormFields("client_id=\(client.id)&client_secret=\(secrets[0])"))
        #expect(try ClientAuthentication(other, [:], issuer: "https://mcp.test", at: 0).proves(client) == false)
    }

    @Test func `keeps of several redirects those that are allowed`() throws {
        let uris: JSON = ["https://evil.test/cb", "http://localhost:8787/cb", "javascript:x", "https://a.example/cb"]
        let answer = try register(Self.changed("redirect_uris", uris))
        #expect(answer["redirect_uris"] == ["http://localhost:8787/cb", "https://a.example/cb"])
    }

    @Test(arguments: [
        JSON.null, [], ["https://evil.test/cb"], ["javascript:alert(1)"], "https://a.example/cb", [7],
        .array(Array(repeating: "https://a.example/cb", count: 11)),
    ])
    func `is refused without a redirect that is allowed`(uris: JSON) {
        #expect { try register(Self.changed("redirect_uris", uris)) } throws: { error in
            (error as? OAuthError)?.code == .invalidRedirectURI
        }
    }

    private static let unserved: [(String, JSON)] = [
        ("token_endpoint_auth_method", "private_key_jwt"), ("token_endpoint_auth_method", 7),
        ("grant_types", ["password"]), ("grant_types", []), ("grant_types", "authorization_code"),
        ("response_types", ["token"]),
    ]

    @Test(arguments: unserved)
    func `is refused where nothing of what it wants is served`(name: String, value: JSON) {
        #expect { try register(Self.changed(name, value)) } throws: { error in
            (error as? OAuthError)?.code == .invalidClientMetadata
        }
    }

    @Test func `keeps of what it wants what is served`() throws {
        let answer = try register(Self.changed("grant_types", ["authorization_code", "password"]))
        #expect(answer["grant_types"] == ["authorization_code"])
        let id = try #require(answer["client_id"]?.string)
        #expect(try clients.client(id)?.grants == [.authorizationCode])
    }

    @Test func `has a name without what turns text round, and of 64 characters`() throws {
        let name = "\u{202E}evil\u{7}" + String(repeating: "x", count: 100)
        let answer = try register(Self.changed("client_name", .string(name)))
        #expect(answer["client_name"]?.string == "evil" + String(repeating: "x", count: 60))
    }
}

@Suite struct `A file of clients` {
    private func read(_ text: String) throws -> StaticClients { try StaticClients(Array(text.utf8)) }

    @Test func `names clients with a secret of which it has the digest`() throws {
        let digest = String(repeating: "ab", count: 32)
        let clients = try read(
            #"[{"client_id":"copilot","client_secret_sha256":"\#(digest)","redirect_uris":["https://a.example/cb"]}]"#
        )
        let client = try #require(clients.clients["copilot"])
        #expect(client.identity == .configured)
        #expect(client.authentication == [.secretInHeader, .secretInBody])
        #expect(client.secretDigest == [UInt8](repeating: 0xAB, count: 32))
    }

    @Test(arguments: [
        "", "{}", "[{}]", #"[{"client_id":"a","client_secret":"plain"}]"#, #"[{"client_id":"a"},{"client_id":"a"}]"#,
        #"[{"client_id":"a","client_secret_sha256":"12"}]"#, #"[{"client_id":"a","redirect_uris":["javascript:x"]}]"#,
        #"[{"client_id":"a","token_endpoint_auth_method":"client_secret_post"}]"#, #"[{"client_id":"oec1.x"}]"#,
        #"[{"client_id":"a","grant_types":["client_credentials"]}]"#, #"[{"client_id":"https://a.example/x"}]"#,
    ])
    func `is refused where it says something that is not meant`(text: String) {
        #expect(throws: StaticClients.Fault.self) { try read(text) }
    }
}
