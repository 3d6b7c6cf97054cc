import Testing

@testable import OvalEdge

@Suite struct `The reply to a sign-in` {
    @Test(arguments: [
        "a.b.c",
        "  a.b.c \n",
        "\"a.b.c\"",
        #"{"token": "a.b.c"}"#,
        #"{"access_token": "a.b.c"}"#,
        #"{"jwt": "a.b.c"}"#,
        #"{"accessToken": "a.b.c"}"#,
        #"{"bearerToken": "a.b.c"}"#,
        #"{"jwtToken": "a.b.c"}"#,
        #"{"userToken": "a.b.c"}"#,
        #"{"result": "a.b.c"}"#,
        #"{"result": {"accessToken": "a.b.c"}}"#,
        #"{"success": true, "data": {"jwtToken": "a.b.c"}}"#,
        #"{"success": false, "data": "a.b.c"}"#,
        #"{"success": false, "message": "", "token": "a.b.c"}"#,
        #"{"data": ["a.b.c"]}"#,
        #"[{"jwt": "a.b.c"}]"#,
        #""{\"token\": \"a.b.c\"}""#,
        #"{"token": " ", "jwt": null, "result": true, "data": " a.b.c "}"#,
        #"{"result": {"status": "fine"}, "data": {"token": "a.b.c"}}"#,
        #"{"jwt": "a.b.c", "userToken": "other"}"#,
        "Bearer a.b.c",
        #"{"token": "jwt a.b.c"}"#,
    ])
    func `yields the token in every known shape`(_ body: String) {
        #expect(TokenReply(Array(body.utf8)) == .token("a.b.c"))
    }

    @Test(arguments: [
        "d41d8cd98f00b204e980", "d41d8cd98f00b204", "eyJh.e30.c2ln", "Zm9vYmFyIG9wYXF1ZSBzZXNz1",
        "QWxhZGRpbjpvcGVuIHNlc2FtZSBhbmQgdGhlIHJl",
    ])
    func `yields an opaque token that is long enough`(_ token: String) {
        #expect(TokenReply(Array(#"{"token": "\#(token)"}"#.utf8)) == .token(token))
        #expect(TokenReply(Array(#"{"result": "success", "data": "\#(token)"}"#.utf8)) == .token(token))
    }

    /// What is taken for a token is redacted from then on, so that a word or a number would take others along.
    @Test(arguments: [
        #"{"token": 12345}"#, #"{"token": 1234567890123456789}"#, #"{"token": "1234567890123456789"}"#,
        #"{"token": "jsonrpc"}"#, #"{"token": "result"}"#, #"{"token": "true"}"#, #"{"token": "abc123"}"#,
        #"{"token": "INVALID_CREDENTIALS_GIVEN"}"#, #"{"token": "authenticationfailed"}"#, #"{"token": "1.2.3"}"#,
        #"{"token": "192.168.10.200:8080"}"#, #"{"token": "a..c"}"#, #"{"token": ".."}"#,
        #"{"token": "\#(String(repeating: "a1", count: 9000))"}"#,
    ])
    func `believes no number, no word and nothing short`(_ body: String) {
        #expect(TokenReply(Array(body.utf8)) == .without(names: ["token"]))
    }

    @Test(arguments: [
        ("", TokenReply.empty),
        (" \r\n\t", .empty),
        ("\"\"", .empty),
        ("<!DOCTYPE html><html></html>", .page),
        (" <html>", .page),
        ("null", .without(names: [])),
        ("[]", .without(names: [])),
        (#"["a", "b"]"#, .without(names: [])),
        ("true", .without(names: [])),
        ("{\"token\":", .without(names: [])),
        ("Service not ready yet", .without(names: [])),
        (#"{"status": "fine", "code": 0}"#, .without(names: ["code", "status"])),
        (#"{"success": false, "message": "user is locked"}"#, .declined("user is locked")),
        (#"{"success": false, "error": "locked", "token": "a.b.c"}"#, .declined("locked")),
        (#"{"data": {"success": false, "error_description": "locked"}}"#, .declined("locked")),
        (#"{"success": false}"#, .without(names: ["success"])),
    ])
    func `is distinguished where there is no token`(_ body: String, _ expected: TokenReply) {
        #expect(TokenReply(Array(body.utf8)) == expected)
    }

    @Test func `may be nested without end`() {
        let body = String(repeating: "[", count: 400) + "\"a.b.c\"" + String(repeating: "]", count: 400)
        #expect(TokenReply(Array(body.utf8)) == .without(names: []))
    }
}
