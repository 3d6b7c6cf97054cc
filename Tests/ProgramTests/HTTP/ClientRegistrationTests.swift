import HTTP
import JSON
import Testing

@testable import oe_mcp_http

@Suite struct `A client that registers where one is registered for all` {
    private func answer(_ body: String, type: String? = "application/json") -> HTTPResponse {
        var fields = HTTPFields()
        fields["Content-Type"] = type
        return ClientRegistration.registration(of: Array(body.utf8), fields, clientID: "public-client")
    }

    private func error(_ body: String, type: String? = "application/json") -> String? {
        (try? JSON(parsing: answer(body, type: type).body))?["error"]?.string
    }

    @Test(arguments: ["application/json", "application/json; charset=utf-8", "APPLICATION/JSON"])
    func `is that one, and gets no secret`(type: String) throws {
        let body = """
            {"client_name":"A client","redirect_uris":["https://a.example/cb","cursor://x/cb"],"client_secret":"mine",
            "token_endpoint_auth_method":"client_secret_basic"}
            """
        let response = answer(body, type: type)
        #expect(response.status == 201 && response.fields["Cache-Control"] == "no-store")
        var json = try JSON(parsing: response.body)
        #expect((json["client_id_issued_at"]?.int ?? 0) > 1_700_000_000)
        json["client_id_issued_at"] = nil
        #expect(
            json == [
                "client_id": "public-client", "client_name": "A client",
                "redirect_uris": ["https://a.example/cb", "cursor://x/cb"],
                "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
                "token_endpoint_auth_method": "none",
            ]
        )
    }

    @Test(arguments: [nil, "", "text/plain", "application/jsonx", "multipart/form-data"] as [String?])
    func `sends JSON`(type: String?) {
        #expect(error(#"{"redirect_uris":["https://a.example/"]}"#, type: type) == "invalid_client_metadata")
    }

    @Test(arguments: ["", "[]", "7", "{", #"{"redirect_uris":[["#])
    func `sends an object`(body: String) { #expect(error(body) == "invalid_client_metadata") }

    @Test(arguments: [
        "{}", #"{"redirect_uris":"https://a.example/"}"#, #"{"redirect_uris":[]}"#, #"{"redirect_uris":[null]}"#,
        #"{"redirect_uris":["/relative"]}"#, #"{"redirect_uris":["https://a.example/#fragment"]}"#,
        #"{"redirect_uris":["https://a.example\\evil"]}"#, #"{"redirect_uris":["https://a.example/ x"]}"#,
        #"{"redirect_uris":["JavaScript:alert(1)"]}"#, #"{"redirect_uris":["data:text/html,x"]}"#,
        #"{"redirect_uris":["https://a.example/","file:///etc/passwd"]}"#,
        #"{"redirect_uris":["view-source:https://a.example/"]}"#, #"{"redirect_uris":["https://b@a.example/"]}"#,
        #"{"redirect_uris":["https://*.a.example/"]}"#, #"{"redirect_uris":["http://a.example/"]}"#,
    ]) func `names where it can be sent back to`(body: String) { #expect(error(body) == "invalid_redirect_uri") }

    @Test func `names no more than a few`() {
        let many = (1...11).map { "\"https://a.example/\($0)\"" }.joined(separator: ",")
        #expect(error("{\"redirect_uris\":[\(many)]}") == "invalid_redirect_uri")
        let long = "https://a.example/" + String(repeating: "x", count: 512)
        #expect(error("{\"redirect_uris\":[\"\(long)\"]}") == "invalid_redirect_uri")
    }
}
