import HTTP
import JSON
import Settings
import Testing

@testable import HTTPServer
@testable import StreamableHTTP
@testable import oe_mcp_http

private func configuration(_ environment: [String: String]) throws -> StreamableHTTPConfiguration {
    let settings = try Settings.read(version: "1.2.3", listens: true, environment: environment)
    return try settings.streamableHTTP(isLoopback: settings.listen.host.isLoopback)
}

@Suite struct `Settings, as the transport takes them` {
    @Test func `keep to this machine unless they say otherwise`() throws {
        let local = try configuration([:])
        #expect(!local.isStateless && local.isLoopback && !local.requiresTLS && local.hosts == nil)
        #expect(local.origins.isEmpty && local.trustedProxies == nil)
        let remote = try configuration(["AUTH_MODE": "remote_credentials", "MCP_HTTP_HOST": "0.0.0.0"])
        #expect(remote.isStateless && !remote.isLoopback && remote.requiresTLS)
    }

    @Test func `name who may ask`() throws {
        let given = try configuration([
            "AUTH_MODE": "remote_credentials", "MCP_ALLOWED_HOSTS": "mcp.example.com,[::1]:8000",
            "MCP_ALLOWED_ORIGINS": "https://chat.example.com,vscode-webview:", "MCP_CORS": "false",
            "MCP_TRUSTED_PROXIES": "10.0.0.0/8,::1", "MCP_PUBLIC_BASE_URL": "https://mcp.example.com/",
        ])
        #expect(given.hosts == ["mcp.example.com", "[::1]:8000"].compactMap { AllowedHost($0) })
        #expect(given.origins == ["https://chat.example.com", "vscode-webview:"].compactMap { AllowedOrigin($0) })
        #expect(given.trustedProxies == ["10.0.0.0/8", "::1"].compactMap { AddressRange($0) })
        #expect(!given.allowsCrossOrigin && given.publicBaseURL == "https://mcp.example.com")
        let any = try configuration(["AUTH_MODE": "remote_credentials", "MCP_ALLOWED_ORIGINS": "*"])
        #expect(any.origins == [.any])
    }

    @Test func `bound what is done, or leave the rates alone`() throws {
        let environment = ["MCP_RATE_CALLS": "7", "MCP_INFLIGHT": "0", "MCP_SESSION_IDLE_SECONDS": "60"]
        let bounded = try configuration(environment).limits
        #expect(bounded.calls == 7 && bounded.inFlight == 0 && bounded.sessionIdle == .seconds(60))
        #expect(bounded.writes == 60 && bounded.initializations == 120 && bounded.failedSignIns == 30)
        let free = try configuration(environment.merging(["MCP_RATE_LIMITS": "off"]) { $1 }).limits
        #expect(free.calls == 0 && free.writes == 0 && free.initializations == 0 && free.failedSignIns == 0)
        #expect(free.inFlightPerPrincipal == 8 && free.sessions == 1000)
    }
}

@Suite struct `What a pair of credentials is not needed for` {
    private func answer(_ path: String, _ environment: [String: String], host: String = "mcp.example") throws
        -> HTTPResponse?
    {
        let settings = try Settings.read(
            version: "1",
            listens: true,
            environment: environment.merging(["AUTH_MODE": "remote_credentials"]) { old, _ in old }
        )
        let head = HTTPRequestHead(
            method: .get,
            target: path,
            version: "HTTP/1.1",
            fields: ["Host": host, "X-Forwarded-Proto": "https"],
            peer: "127.0.0.1",
            local: "127.0.0.1",
            isSecure: false
        )
        return OpenRoutes(settings).routes.first { $0.path == path }?.immediateAnswer(to: head)
    }

    @Test(arguments: [
        "/.well-known/oauth-authorization-server", "/.well-known/openid-configuration",
        "/.well-known/oauth-protected-resource", "/.well-known/oauth-protected-resource/mcp",
    ])
    func `is a whole document of OAuth that leads to no sign-in`(path: String) throws {
        let response = try #require(try answer(path, [:]))
        let json = try JSON(parsing: response.body)
        #expect(response.status == .ok && response.mediaType == "application/json")
        #expect((json["issuer"] ?? json["authorization_servers"]?.array?.first) == "https://mcp.example")
        #expect(json["resource"] == nil || json["resource"] == "https://mcp.example/mcp")
        #expect(json["token_endpoint"] == nil || json["token_endpoint"] == "https://mcp.example/mcp-auth/declined")
        let named = try #require(try answer(path, ["MCP_PUBLIC_BASE_URL": "https://public.example"]))
        #expect(named.text.contains("https://public.example") && !named.text.contains("mcp.example"))
        #expect(try answer(path, ["MCP_DISCOVERY_STUBS": "false"]) == nil)
        #expect(try answer(path, ["AUTH_MODE": "local"]) == nil)
    }

    @Test func `is a refusal where a sign-in would end`() throws {
        let response = try #require(try answer("/mcp-auth/declined", [:]))
        #expect(response.status == .badRequest)
        #expect(try JSON(parsing: response.body)["error"] == "unsupported_grant_type")
    }

    @Test(arguments: ["/favicon.ico", "/brand/ovaledge-mcp-icon.png"])
    func `is an icon`(path: String) throws {
        let response = try #require(try answer(path, ["AUTH_MODE": "local"]))
        #expect(response.mediaType == "image/png" && response.body.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    }

    @Test func `is the text by which OpenAI knows the domain, where one is set`() throws {
        let path = "/.well-known/openai-apps-challenge"
        #expect(try answer(path, [:]) == nil)
        let response = try #require(try answer(path, ["OPENAI_APPS_CHALLENGE": "a-text-81"]))
        #expect(response.text == "a-text-81" && response.mediaType == "text/plain")
        #expect(response.fields["Cache-Control"] == "no-store")
    }
}

@Suite struct `Settings that can hardly be meant so` {
    private let login = [
        "AUTH_MODE": "remote_login", "MCP_PUBLIC_BASE_URL": "https://mcp.example.com", "OAUTH_KEY": Self.key,
    ]
    private let remote = [
        "AUTH_MODE": "remote", "MCP_PUBLIC_BASE_URL": "https://mcp.example.com",
        "OAUTH_ISSUER": "https://login.example.com", "OAUTH_AUDIENCE": "api",
    ]
    private static let key = String(repeating: "ab", count: 32)

    private func advice(_ environment: [String: String], _ more: [String: String]) throws -> [String] {
        let all = environment.merging(more) { $1 }
        return try Settings.read(version: "1.2.3", listens: true, environment: all).warnings
    }

    @Test func `are named where they are for the other mode of OAuth`() throws {
        #expect(try advice(login, [:]).isEmpty && advice(remote, [:]).isEmpty)
        let idle = try advice(login, ["OAUTH_ISSUER": "https://login.example.com"])
        #expect(idle.count == 1 && idle[0].hasPrefix("OAUTH_ISSUER "))
        #expect(idle[0].hasSuffix("AUTH_MODE=remote."))
        #expect(try advice(remote, ["OAUTH_DCR": "off"]).first?.hasPrefix("OAUTH_DCR changes nothing") == true)
        // A deployment names them in every mode.
        #expect(try advice(remote, ["OAUTH_KEY": Self.key, "OAUTH_STORE": "memory"]).isEmpty)
        #expect(try advice(["AUTH_MODE": "remote_credentials"], ["OAUTH_DCR": "off"]).isEmpty)
    }

    @Test func `are named where no client can register at what stands in for the provider`() throws {
        let facade = try advice(remote, ["OAUTH_FACADE": "true"])
        #expect(facade.count == 1 && facade[0].contains("OAUTH_CLIENT_ID"))
        #expect(try advice(remote, ["OAUTH_FACADE": "true", "OAUTH_CLIENT_ID": "app"]).isEmpty)
    }

    @Test func `are named where the environment has nearly one of ours, and not where it has another's`() throws {
        let near = try advice(remote, ["OAUTH_AUDIENC": "api", "OAUTH_PROVIDER_X": "1", "MCP_SERVER_LIST": "2"])
        #expect(near.count == 1 && near[0].hasPrefix("OAUTH_AUDIENC in the environment"))
        #expect(near[0].hasSuffix("Did you mean OAUTH_AUDIENCE?"))
    }
}
