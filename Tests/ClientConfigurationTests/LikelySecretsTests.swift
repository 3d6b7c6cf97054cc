import JSON
import Testing

@testable import ClientConfiguration

@Suite struct `What may be a secret` {
    @Test(arguments: [
        (["--api-key", "zzz999zzz"], ["--api-key", "••••"]),
        (["--token", "ab", "--token", "--verbose"], ["--token", "••••", "--token", "--verbose"]),
        (["-H", "X-Team: plum pudding", "-p", "plum"], ["-H", "••••", "-p", "••••"]),
        (["--set", "DB_PASSWORD=a b;c"], ["--set", "DB_PASSWORD=••••"]),
        (["--token", "$TOKEN", "--profile", "prod"], ["--token", "$TOKEN", "--profile", "prod"]),
    ])
    func `of arguments is hidden by pairs`(arguments: [String], shown: [String]) {
        #expect(LikelySecrets(among: arguments).struck(arguments: arguments) == shown)
    }

    @Test func `is found in one pass, and the longer of two first`() {
        let known = KnownTexts(["plum", "plum pudding", "pie", "udding"])
        #expect(known.replaced(in: "plum plum pudding, pie; pudding", by: "_") == "_ _, pie; p_")
    }

    @Test(arguments: [
        (#"{"env": {"PIN": 1234567}}"#, "PIN: 1234567", "PIN: ••••"),
        (#"{"Env": {"A": "x9x9"}}"#, "A: x9x9", "A: ••••"),
        (#"{"env": {"A": "O'Brien-pass"}}"#, "A: 'O''Brien-pass'", "A: '••••'"),
        (#"{"env": {"A": "swordfish"}}"#, #"A = "s\U00000077ordfish""#, #"A = "••••""#),
        (#"{"access_token": ["swordfish"], "secret": {"value": "x9x9"}}"#, "swordfish x9x9", "•••• ••••"),
        (#"{}"#, "postgres petra:geheim@db.example", "postgres petra:••••@db.example"),
        (#"{"env": {"MODE": "stdio", "TOKEN": "plum"}}"#, "stdio plum", "stdio ••••"),
    ])
    func `is hidden however the file writes it`(document: String, line: String, shown: String) throws {
        #expect(LikelySecrets(in: [try JSON(parsing: Array(document.utf8))]).struck(from: line) == shown)
    }
}
