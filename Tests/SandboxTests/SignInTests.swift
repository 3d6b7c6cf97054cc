import HTTP
import JSON
import Sandbox
import Testing
import Text

@Suite struct `Signing in to the sandbox` {
    @Test func `gives a token of three parts that says when it ends`() async throws {
        let clock = TestClock(1_800_000_000)
        let visitor = try await Visitor(SandboxClient(life: 600, now: { clock.now }))
        let parts = visitor.token.split(separator: ".")
        #expect(parts.count == 3)
        let header = try JSON(parsing: #require(Base64.decoded(parts[0])))
        let payload = try JSON(parsing: #require(Base64.decoded(parts[1])))
        #expect(header["alg"] == "HS256")
        #expect(payload["iat"] == 1_800_000_000)
        #expect(payload["exp"] == 1_800_000_600)
        #expect(payload["sub"]?.string != nil)
    }

    @Test(arguments: [("t", "wrong"), ("t", ""), ("", Sandbox.userSecret), ("  ", Sandbox.userSecret)])
    func `refuses wrong credentials`(token: String, secret: String) async throws {
        let response = try await Visitor.signIn(SandboxClient(), token: token, secret: secret)
        #expect(response.status == .unauthorized)
        #expect(try response.json["message"]?.string != nil)
    }

    @Test func `accepts any user token with the right secret`() async throws {
        #expect(try await Visitor.signIn(SandboxClient(), token: "somebody").status == .ok)
        let strict = SandboxClient(secret: "another")
        #expect(try await Visitor.signIn(strict).status == .unauthorized)
        #expect(try await Visitor.signIn(strict, secret: "another").status == .ok)
    }

    @Test func `requires an authorization header and a JSON body`() async throws {
        let url = Sandbox.baseURL + "/api/user/token/generate"
        let bare = try await SandboxClient().send(HTTPRequest(.post, url, body: Array("{}".utf8)))
        #expect(bare.status == .badRequest)
        #expect(try bare.json["message"] == "Prefix missing Token")
        for body in ["", "[]", "{"] {
            let request = HTTPRequest(.post, url, fields: ["Authorization": "Basic x"], body: Array(body.utf8))
            #expect(try await SandboxClient().send(request).status == .badRequest)
        }
    }

    @Test func `ends a token when its life is over`() async throws {
        let clock = TestClock()
        let visitor = try await Visitor(SandboxClient(life: 60, now: { clock.now }))
        clock.advance(by: 59)
        #expect(try await visitor.response(.post, "asset-explorer").status == .ok)
        clock.advance(by: 1)
        let late = try await visitor.response(.post, "asset-explorer")
        #expect(late.status == .unauthorized)
        #expect(try await Visitor(visitor.client).response(.post, "asset-explorer").status == .ok)
    }

    @Test func `keeps one live token for a credential`() async throws {
        let first = try await Visitor()
        let second = try await Visitor(first.client)
        #expect(first.token != second.token)
        let old = try await first.response(.post, "asset-explorer")
        #expect(old.status == .badRequest)
        #expect(try old.json["message"] == "Invalid token, please generate a new token")
        #expect(try await second.response(.post, "asset-explorer").status == .ok)
    }

    @Test func `leaves the tokens of other credentials alone`() async throws {
        let visitor = try await Visitor()
        _ = try await Visitor.signIn(visitor.client, token: "somebody else")
        #expect(try await visitor.response(.post, "asset-explorer").status == .ok)
    }

    @Test func `does not know tokens that it never gave`() async throws {
        let visitor = try await Visitor()
        let stranger = try await Visitor()
        let forged = visitor.token.dropLast(8) + "AAAAAAAA"
        for token in ["", "abc", "a.b.c", String(forged), stranger.token] {
            let request = HTTPRequest(
                .get,
                Sandbox.baseURL + "/api/v1/mcp/asset-details?objectId=501&objectType=oetable",
                fields: ["Authorization": "jwt \(token)"]
            )
            let response = try await visitor.client.send(request)
            #expect(response.status == .unauthorized)
            #expect(try response.json == ["message": "Unauthorized"])
        }
    }

    @Test(arguments: [("jwt", "JWT", true), ("jwt", "Bearer", false), ("Bearer", "bearer", true)])
    func `requires the configured scheme`(configured: String, sent: String, isWelcome: Bool) async throws {
        let visitor = try await Visitor(SandboxClient(scheme: configured))
        let status = try await visitor.response(.post, "asset-explorer", scheme: sent).status
        #expect(status == (isWelcome ? .ok : .unauthorized))
    }

    @Test(arguments: ["", "/ovaledge", "/a/b/c"])
    func `answers below any context path`(context: String) async throws {
        let request = HTTPRequest(
            .post,
            "http://127.0.0.1:8080\(context)/api/user/token/generate",
            fields: ["Authorization": "Basic x"],
            body: Array(#"{"userToken":"t","userSecret":"sandbox-secret"}"#.utf8)
        )
        #expect(try await SandboxClient().send(request).status == .ok)
    }

    @Test func `distinguishes unknown routes from wrong methods`() async throws {
        let visitor = try await Visitor()
        let unknown = try await visitor.response(.get, "no-such-thing")
        #expect(unknown.status == .notFound)
        #expect(try unknown.json["message"]?.string != nil)
        let wrong = try await visitor.response(.get, "asset-explorer")
        #expect(wrong.status == .methodNotAllowed)
        #expect(wrong.fields["Allow"] == "POST")
    }

    @Test func `keeps a record of what was asked`() async throws {
        let visitor = try await Visitor()
        _ = try await visitor.get("asset-lineage", ["objectId": "501", "objectType": "oetable"])
        let record = visitor.client.record
        #expect(record.exchangeCount == 1)
        #expect(record.requestCount == 2)
        let last = try #require(record.requests.last)
        #expect(last.method == .get)
        #expect(last.path == "/api/v1/mcp/asset-lineage")
        #expect(last.query == ["objectId": ["501"], "objectType": ["oetable"]])
        #expect(last.timeZone == "Europe/Berlin")
    }
}
