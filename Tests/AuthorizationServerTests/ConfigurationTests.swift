import AuthorizationServer
import Testing

@Suite struct `A configuration of an authorization server` {
    @Test func `has the lives of tokens that are recommended`() {
        let configuration = AuthorizationServerConfiguration(
            issuer: "https://mcp.example.com",
            resources: [],
            scopes: [],
            defaultScopes: []
        )
        #expect(configuration.accessLife == 3600)
        #expect(configuration.refreshGrace == 120)
    }
}
