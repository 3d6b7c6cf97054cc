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

    @Test func `takes a number for a token`() {
        #expect(TokenReply(Array(#"{"token": 12345}"#.utf8)) == .token("12345"))
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
    func `is told apart where there is no token`(_ body: String, _ expected: TokenReply) {
        #expect(TokenReply(Array(body.utf8)) == expected)
    }

    @Test func `may be nested without end`() {
        let body = String(repeating: "[", count: 400) + "\"a.b.c\"" + String(repeating: "]", count: 400)
        #expect(TokenReply(Array(body.utf8)) == .without(names: []))
    }
}
