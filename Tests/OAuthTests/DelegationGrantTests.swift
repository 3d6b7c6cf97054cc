import HTTP
import Logging
import OAuth
import Testing

private let endpoint = "https://id.example.com/token"
private let token = Secret("subject.token.1")

@Suite struct `Getting a token with another` {
    private func grant(_ kind: DelegationGrant.Kind, secret: String? = "s:1", scope: String? = nil) -> DelegationGrant {
        DelegationGrant(
            kind,
            clientID: "oe:mcp",
            clientSecret: secret.map { Secret($0) },
            audience: "api://ovaledge",
            scope: scope
        )
    }

    private func form(_ request: HTTPRequest) -> [String: String] {
        Dictionary(
            URLText.queryItems(String(decoding: request.body, as: UTF8.self)).map { ($0.name, $0.value) }
        ) { first, _ in first }
    }

    @Test func `asks for an exchange as RFC 8693 has it`() {
        let request = grant(.tokenExchange, scope: "catalog").request(of: token, to: endpoint)
        #expect(
            form(request) == [
                "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "subject_token": "subject.token.1",
                "subject_token_type": "urn:ietf:params:oauth:token-type:access_token",
                "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
                "audience": "api://ovaledge", "scope": "catalog",
            ]
        )
        // `oe%3Amcp:s%3A1`, so that the colon between them is the only one.
        #expect(request.fields["Authorization"] == "Basic b2UlM0FtY3A6cyUzQTE=")
        #expect(request.fields["Content-Type"] == "application/x-www-form-urlencoded" && !request.mayBeRepeated)
    }

    @Test func `asks on behalf of someone as Entra has it`() {
        let request = grant(.onBehalfOf).request(of: token, to: endpoint)
        #expect(
            form(request) == [
                "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": "subject.token.1",
                "requested_token_use": "on_behalf_of", "scope": "api://ovaledge/.default", "client_id": "oe:mcp",
                "client_secret": "s:1",
            ]
        )
        #expect(request.fields["Authorization"] == nil)
        #expect(
            form(grant(.onBehalfOf, scope: "api://o/read").request(of: token, to: endpoint))["scope"] == "api://o/read"
        )
    }

    @Test(arguments: [
        (["client_secret_basic", "client_secret_post"], false), (["client_secret_post"], true),
        (["private_key_jwt"], false),
    ]) func `authenticates as the provider can`(methods: [String], isInBody: Bool) {
        for kind in [DelegationGrant.Kind.tokenExchange, .onBehalfOf] {
            let request = grant(kind).request(of: token, to: endpoint, methods: methods)
            #expect((form(request)["client_secret"] != nil) == isInBody)
            #expect((request.fields["Authorization"] == nil) == isInBody)
        }
    }

    @Test func `only names the client where it has no secret`() {
        let request = grant(.tokenExchange, secret: nil).request(of: token, to: endpoint)
        #expect(form(request)["client_id"] == "oe:mcp" && request.fields["Authorization"] == nil)
    }
}

@Suite struct `The answer of a token endpoint` {
    private func issued(_ status: HTTPStatus, _ json: String) -> Result<IssuedToken, IssuedToken.Fault> {
        let response = HTTPResponse(status, text: json, type: "application/json")
        return Result { () throws(IssuedToken.Fault) in try IssuedToken(response) }
    }

    @Test func `is a token and its life`() throws {
        let token = try issued(.ok, #"{"access_token":"a.b","token_type":"bearer","expires_in":300}"#).get()
        #expect(token.text == Secret("a.b") && token.life == 300)
        #expect(try issued(.ok, #"{"access_token":"a","token_type":"N_A"}"#).get().life == nil)
    }

    @Test(arguments: [
        "", "[]", #"{"token_type":"Bearer"}"#, #"{"access_token":"","token_type":"Bearer"}"#,
        #"{"access_token":"a b","token_type":"Bearer"}"#, #"{"access_token":"a\r\nX: y","token_type":"Bearer"}"#,
        #"{"access_token":"a","token_type":"DPoP"}"#, #"{"access_token":"a","token_type":7}"#,
    ]) func `is not one that could not be sent on`(json: String) {
        #expect(issued(.ok, json) == .failure(.unavailable("its answer has no usable token")))
    }

    @Test(arguments: [
        (HTTPStatus.badRequest, "invalid_grant", IssuedToken.Fault.refused("invalid_grant")),
        (.badRequest, "interaction_required", .refused("interaction_required")),
        (.badRequest, "invalid_request", .refused("invalid_request")),
        (.unauthorized, "invalid_client", .misconfigured("invalid_client")),
        (.badRequest, "unauthorized_client", .misconfigured("unauthorized_client")),
        (.badRequest, "invalid_target", .misconfigured("invalid_target")),
        (.forbidden, "odd", .misconfigured("status 403")), (.tooManyRequests, "odd", .unavailable("status 429")),
        (503, "temporarily_unavailable", .unavailable("status 503")), (302, "", .unavailable("status 302")),
    ]) func `says whose fault it is`(status: HTTPStatus, error: String, fault: IssuedToken.Fault) {
        #expect(issued(status, #"{"error":"\#(error)"}"#) == .failure(fault))
    }
}
