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
}
