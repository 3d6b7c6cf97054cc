import HTTP
import JSON
import TestSupport
import Testing

@testable import OAuthClient

@Suite struct `Where one signs in` {
    private let server = FakeAuthorizationServer()

    private func site(_ address: String = FakeAuthorizationServer.resource) async throws -> SignInSite {
        try await SignInDiscovery(server).site(of: address)
    }

    private func expectFailure(_ kind: SignInFailure.Kind = .metadata, containing text: String) async {
        await #expect {
            _ = try await site()
        } throws: { error in
            let failure = error as? SignInFailure
            return failure?.kind == kind && failure?.description.contains(text) == true
        }
    }

    @Test func `is looked up from a real refusal of a POST`() async throws {
        server.change {
            $0.challenge = #"Bearer resource_metadata="https://mcp.example.com/meta", scope="read""#
            $0.documents["https://mcp.example.com/meta"] = $0.documents.removeValue(
                forKey: "https://mcp.example.com/.well-known/oauth-protected-resource/mcp"
            )
        }
        let site = try await site()
        #expect(site.resource == FakeAuthorizationServer.resource && site.challenged == ["read"])
        #expect(site.published == ["read", "write"] && site.authorization.issuer == FakeAuthorizationServer.issuer)
        #expect(
            server.asked.map { $0.summary } == [
                "POST /mcp", "GET /meta", "GET /.well-known/oauth-authorization-server",
            ]
        )
    }

    @Test func `is at the path of the server first, and then at its root`() async throws {
        server.change {
            $0.documents["https://mcp.example.com/.well-known/oauth-protected-resource"] = $0.documents.removeValue(
                forKey: "https://mcp.example.com/.well-known/oauth-protected-resource/mcp"
            )
        }
        #expect(try await site().authorization.issuer == FakeAuthorizationServer.issuer)
        #expect(
            server.asked.map { $0.summary }[1...2] == [
                "GET /.well-known/oauth-protected-resource/mcp", "GET /.well-known/oauth-protected-resource",
            ]
        )
    }

    @Test(arguments: [
        ("https://auth.example.com", ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"]),
        (
            "https://auth.example.com/realms/one",
            [
                "/.well-known/oauth-authorization-server/realms/one", "/.well-known/openid-configuration/realms/one",
                "/realms/one/.well-known/openid-configuration",
            ]
        ),
    ])
    func `is described in each place that an issuer has for it`(issuer: String, paths: [String]) async throws {
        for path in paths {
            let server = FakeAuthorizationServer()
            server.change { state in
                var metadata = FakeAuthorizationServer.metadata
                metadata["issuer"] = .string(issuer)
                state.documents = ["https://auth.example.com" + path: metadata]
            }
            #expect(try await SignInDiscovery(server).authorizationServer(issuer).issuer == issuer)
            #expect(server.asked.map { $0.summary } == paths[...(paths.firstIndex(of: path) ?? 0)].map { "GET \($0)" })
        }
    }

    @Test(arguments: [
        "https://auth.example.com/", "https://AUTH.example.com", "https://other.example.com",
        "https://auth.example.com:443",
    ])
    func `is refused where the metadata names another issuer, even one that only looks alike`(issuer: String)
        async throws
    {
        server.change {
            $0.documents["https://auth.example.com/.well-known/oauth-authorization-server"]?["issuer"] = .string(issuer)
        }
        await expectFailure(containing: "another issuer")
    }

    @Test(arguments: [
        ("https://mcp.example.com/mcp", true), ("https://mcp.example.com/mcp/", true),
        ("https://mcp.example.com/", true),
        ("https://mcp.example.com", true), ("https://MCP.example.com/mcp", true),
        ("https://mcp.example.com/other", false),
        ("https://mcp.example.com/mc", false), ("https://evil.example.com/mcp", false),
        ("http://mcp.example.com/mcp", false),
        ("https://mcp.example.com:8443/mcp", false), ("https://mcp.example.com/mcp/deeper", false),
    ])
    func `is refused where the metadata is that of another resource`(resource: String, isTaken: Bool) async throws {
        server.change {
            let place = "https://mcp.example.com/.well-known/oauth-protected-resource/mcp"
            $0.documents[place]?["resource"] = .string(resource)
        }
        if isTaken {
            #expect(try await site().resource == resource)
        } else {
            await expectFailure(containing: "another resource")
        }
    }

    @Test(arguments: [
        "http://auth.example.com/token", "https://127.0.0.1/token", "http://localhost/token", "https://10.1.2.3/token",
        "https://169.254.169.254/token", "https://[::1]/token", "https://[fd00::1]/token",
        "ftp://auth.example.com/token", "/token",
    ])
    func `is refused where secrets would go elsewhere than to an encrypted address of the network`(address: String)
        async
    {
        server.change {
            $0.documents["https://auth.example.com/.well-known/oauth-authorization-server"]?["token_endpoint"] =
                .string(address)
        }
        await expectFailure(containing: "token_endpoint")
    }

    @Test func `may be on this machine for a server that is`() async throws {
        let base = "http://127.0.0.1:9"
        server.change {
            var metadata = FakeAuthorizationServer.metadata
            metadata["issuer"] = .string(base)
            metadata["token_endpoint"] = "http://127.0.0.1:9/token"
            $0.documents = [
                "\(base)/.well-known/oauth-protected-resource/mcp": [
                    "resource": .string("\(base)/mcp"), "authorization_servers": [.string(base)],
                ],
                "\(base)/.well-known/oauth-authorization-server": metadata,
            ]
        }
        let found = try await SignInDiscovery(server).site(of: "\(base)/mcp", challenge: "Bearer")
        #expect(found.authorization.tokenEndpoint == "http://127.0.0.1:9/token")
    }

    @Test func `is the server itself where it publishes nothing, at the paths of 2025-03-26`() async throws {
        server.change { $0.documents = [:] }
        let site = try await site()
        #expect(site.resource == FakeAuthorizationServer.resource && site.authorization.isAssumed)
        #expect(site.authorization.authorizationEndpoint == "https://mcp.example.com/authorize")
        #expect(site.authorization.tokenEndpoint == "https://mcp.example.com/token")
        #expect(site.authorization.registrationEndpoint == "https://mcp.example.com/register")
    }

    @Test(arguments: [
        (200, #"{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}"#, SignInFailure.Kind.notNeeded),
        (200, "event: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n\n", .notNeeded),
        (400, #"{"jsonrpc":"2.0","id":"-","error":{"code":-32600,"message":"No session"}}"#, .notNeeded),
        (200, "<!doctype html>", .metadata), (400, "", .metadata), (404, "", .metadata), (405, "", .metadata),
    ])
    func `is not made up for a server that asks for nothing`(status: Int, body: String, kind: SignInFailure.Kind) async
    {
        let silent = AnsweringHTTP { request throws(HTTPFailure) in
            let isAsked = request.method == .post
            return HTTPResponse(
                isAsked ? HTTPStatus(rawValue: status) : .notFound,
                body: isAsked ? Array(body.utf8) : []
            )
        }
        await #expect {
            _ = try await SignInDiscovery(silent).site(of: FakeAuthorizationServer.resource)
        } throws: {
            ($0 as? SignInFailure)?.kind == kind
        }
    }

    @Test(arguments: ["https://mcp.example.com", "https://mcp.example.com/"])
    func `is the server itself where only an authorization server is described at its root`(issuer: String) async throws
    {
        server.change {
            var metadata = FakeAuthorizationServer.metadata
            metadata["issuer"] = .string(issuer)
            $0.documents = ["https://mcp.example.com/.well-known/oauth-authorization-server": metadata]
        }
        #expect(try await site().authorization.issuer == issuer)
    }

    @Test func `is not known while the server cannot say`() async {
        server.change { $0.documents = [:] }
        let failing = AnsweringHTTP { request throws(HTTPFailure) in
            HTTPResponse(request.method == .post ? .unauthorized : .badGateway)
        }
        await #expect {
            _ = try await SignInDiscovery(failing).site(of: FakeAuthorizationServer.resource)
        } throws: { ($0 as? SignInFailure)?.kind == .unreachable }
    }

    @Test func `is not read from a page that a server shows for every path`() async throws {
        server.change { $0.documents = [:] }
        let pages = AnsweringHTTP { request throws(HTTPFailure) in
            request.method == .post ? HTTPResponse(.unauthorized) : HTTPResponse(.ok, text: "<html>", type: "text/html")
        }
        #expect(try await SignInDiscovery(pages).site(of: FakeAuthorizationServer.resource).authorization.isAssumed)
    }
}
