import HTTP
import JSON
import Testing

@testable import oe_mcp_http

private let base = "https://mcp.example.com"
private let challenge = #"Bearer resource_metadata="https://mcp.example.com/prm", scope="read write""#

@Suite struct `An answer without a token` {
    private func what(_ response: HTTPResponse) -> String? {
        ChallengeFault.found(in: response, expecting: challenge)?.what
    }

    private func challenged(_ texts: String...) -> HTTPResponse {
        var response = HTTPResponse(.unauthorized)
        for text in texts { response.fields.append("WWW-Authenticate", text) }
        return response
    }

    @Test func `is as it should be, or its fault is told`() {
        #expect(what(challenged(challenge)) == nil)
        #expect(what(challenged(challenge + ", realm=\"x\"")) == "has another challenge than the server sends")
        #expect(what(challenged(challenge, challenge)) == "has 2 challenges")
        #expect(what(challenged("Digest realm=\"x\"")) == "asks for Digest")
        #expect(what(challenged("Bearer scope=\"read\"")) == "names no resource_metadata")
        let found = what(challenged(challenge + ", error=\"invalid_token\""))
        #expect(found == "says invalid_token, though no token was sent")
        #expect(what(challenged(#"Bearer resource_metadata="/prm""#)) == "names /prm, which is no whole address")
        #expect(what(challenged()) == "has no WWW-Authenticate")
    }

    @Test func `has another status or place`() {
        let moved = HTTPResponse(.found, fields: ["Location": "https://sso.example"])
        #expect(what(moved) == "is redirected to https://sso.example")
        #expect(what(HTTPResponse(.ok)) == "gives status 200, where 401 was due")
        #expect(what(HTTPResponse(.methodNotAllowed)) == "gives status 405, where 401 was due")
        let renamed = HTTPResponse(.unauthorized, fields: ["x-amzn-remapped-www-authenticate": challenge])
        #expect(what(renamed) == "has its challenge in x-amzn-remapped-www-authenticate")
    }
}

@Suite struct `A document of discovery` {
    private func verdict(
        _ content: DiscoveryDocument.Content,
        _ json: JSON?,
        isNeeded: Bool = true,
        fields: HTTPFields = ["Access-Control-Allow-Origin": "*"]
    ) -> ValidationCheck {
        let response = json.map { HTTPResponse(.ok, fields: fields, body: $0.bytes) } ?? HTTPResponse(.notFound)
        return DiscoveryDocument(path: "/.well-known/x", content: content, isNeeded: isNeeded).verdict(on: response)
    }

    private func resource(_ address: String, _ servers: [JSON]) -> JSON {
        ["resource": .string(address), "authorization_servers": .array(servers)]
    }

    @Test func `of a resource names the address and one authorization server, byte for byte`() {
        let content = DiscoveryDocument.Content.resource([base + "/mcp"], server: base)
        #expect(verdict(content, resource(base + "/mcp", [.string(base)])).isGood)
        #expect(!verdict(content, resource(base + "/mcp/", [.string(base)])).isGood)
        #expect(!verdict(content, resource(base + "/mcp", [.string(base + "/")])).isGood)
        #expect(!verdict(content, resource(base + "/mcp", [.string(base), "https://other.example"])).isGood)
        #expect(!verdict(content, resource(base + "/mcp", [])).isGood)
        #expect(!verdict(content, nil).isGood)
        #expect(!verdict(content, resource(base + "/mcp", [.string(base)]), fields: [:]).isGood)
    }

    @Test func `of a server has what clients need`() {
        let whole: JSON = [
            "issuer": .string(base), "authorization_endpoint": "https://a", "token_endpoint": "https://t",
            "code_challenge_methods_supported": ["S256"], "token_endpoint_auth_methods_supported": ["none"],
        ]
        #expect(verdict(.server(base), whole).isGood)
        #expect(!verdict(.server(base + "/"), whole).isGood)
        for member in whole.object?.members ?? [] where member.name != "issuer" {
            var half = whole
            half[member.name] = nil
            #expect(!verdict(.server(base), half).isGood, "\(member.name)")
            #expect(verdict(.server(base), half, isNeeded: false).isGood)
        }
    }

    @Test func `may be missing where no one signs in, and has to where clients would go by it`() {
        #expect(verdict(.server(nil), nil, isNeeded: false).isGood)
        #expect(verdict(.nothing, nil).isGood && !verdict(.nothing, [:]).isGood)
        #expect(!verdict(.server(nil), [:], isNeeded: false).isGood)
    }
}

@Suite struct `An issuer` {
    @Test(
        arguments: [
            ("https://id.example", "https://id.example/", "lacks the slash"),
            ("https://id.example/", "https://id.example", "has a slash"),
            ("https://id.example", "https://other.example", "names another issuer"),
            ("https://id.example", nil, "no issuer"),
        ] as [(String, String?, String)]
    )
    func `is another where one byte differs`(issuer: String, named: String?, word: String) {
        #expect(IssuerFault(issuer, named: named)?.what.contains(word) == true)
    }

    @Test func `is the one that is named`() {
        #expect(IssuerFault("https://id.example/", named: "https://id.example/") == nil)
    }
}

@Suite struct `A page to sign in on` {
    @Test func `keeps its protection`() {
        let fields: HTTPFields = [
            "Content-Type": "text/html; charset=utf-8", "Referrer-Policy": "same-origin",
            "Content-Security-Policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'",
        ]
        #expect(PageFault.found(in: HTTPResponse(.ok, fields: fields), expecting: .ok) == nil)
        let changes: [(name: String, value: String?)] = [
            ("Content-Type", "application/json"), ("Referrer-Policy", nil),
            ("Content-Security-Policy", "default-src 'none'"), ("Access-Control-Allow-Origin", "*"),
        ]
        for change in changes {
            var changed = fields
            changed[change.name] = change.value
            #expect(PageFault.found(in: HTTPResponse(.ok, fields: changed), expecting: .ok) != nil, "\(change.name)")
        }
        let moved = HTTPResponse(.found, fields: fields)
        #expect(PageFault.found(in: moved, expecting: .ok)?.what == "it is redirected to nowhere")
    }
}
