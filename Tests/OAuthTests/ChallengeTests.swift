import OAuth
import Testing

@Suite struct `A challenge` {
    private let metadata = "https://mcp.example.com/.well-known/oauth-protected-resource/mcp"

    @Test func `names the metadata and the scopes, and no error where nothing came`() {
        let challenge = BearerChallenge(metadata: metadata, scopes: ["read", "write"])
        #expect(challenge.text == "Bearer resource_metadata=\"\(metadata)\", scope=\"read write\"")
    }

    @Test func `is one line of printable ASCII without quotes inside quotes`() {
        let challenge = BearerChallenge(metadata: metadata, error: "invalid_token", description: "a \"b\"\r\n\\é")
        #expect(challenge.text.hasPrefix("Bearer error=\"invalid_token\", error_description=\"a 'b'''''\", "))
    }

    @Test func `is read as it is written`() {
        let challenge = BearerChallenge(metadata: metadata, scopes: ["read", "write"], error: "invalid_token")
        let read = ["resource_metadata": metadata, "scope": "read write", "error": "invalid_token"]
        #expect(BearerChallenge.parameters(of: challenge.text) == read)
    }

    @Test(
        arguments: [
            ("Bearer", [:]), ("bearer  SCOPE=read,  error = none", ["scope": "read"]),
            (#"Bearer a="x, y=\"z\"" , b=w"#, ["a": #"x, y="z""#, "b": "w"]), (#"Bearer a="open"#, ["a": "open"]),
            (#"Bearer a="b", Basic realm="c""#, ["a": "b"]), ("Bearer =x", [:]),
        ] as [(String, [String: String])]
    )
    func `is read as far as it can be`(text: String, read: [String: String]) {
        #expect(BearerChallenge.parameters(of: text) == read)
    }

    @Test(arguments: ["", "Basic realm=\"x\"", "BearerX a=b", "\"Bearer\""])
    func `cannot be read where it is for something else`(text: String) {
        #expect(BearerChallenge.parameters(of: text) == nil)
    }
}
