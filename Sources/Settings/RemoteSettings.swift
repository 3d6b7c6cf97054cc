package import Logging
package import Secrets
import Text

/// The remote MCP server that a bridge connects to, and how.
package struct RemoteSettings: Sendable {
    /// Nil where a file of servers, or a command, says which there are.
    package let server: RemoteAddress?
    package let credentials: RemoteCredentialSettings
    package let fields: RemoteFieldSettings
    package let connection: RemoteConnectionSettings
    package let era: RemoteEra
    /// Globs of the tools that are offered; nil for all.
    package let includedTools: TextList?
    package let excludedTools: TextList?

    init(_ reader: inout SettingsReader) {
        reader.section("A remote MCP server (oe-mcp bridge, oe-mcp-http bridge)", concerns: .bridge)
        server = reader.read(
            "MCP_REMOTE_SERVER",
            "Address of the remote MCP server; one that ends in /sse is spoken to in the old form.",
            example: "https://api.githubcopilot.com/mcp/"
        )
        credentials = RemoteCredentialSettings(&reader)
        fields = RemoteFieldSettings(&reader)
        connection = RemoteConnectionSettings(&reader)
        era = reader.read(
            "MCP_REMOTE_ERA",
            "What is spoken with it: with a handshake (up to 2025-11-25), modern (2026-07-28), or found out.",
            default: .auto
        )
        includedTools = reader.read(
            "INCLUDE_TOOLS",
            "Tools that are offered, as names with * and ?, separated by commas; all when left out.",
            example: "get_*,list_*"
        )
        excludedTools = reader.read(
            "EXCLUDE_TOOLS",
            "Tools that are hidden, at listing and at call, in the same form.",
            example: "delete_*"
        )
    }

    /// Adds what is wrong with it for a bridge that is to be started.
    func checkAddress(_ reader: inout SettingsReader) {
        if let server, !server.isEncrypted, !server.isLoopback, !connection.allowsHTTP {
            reader.complain(
                "MCP_REMOTE_SERVER",
                "begins with http://, so that tokens would travel unencrypted to another machine",
                advice: "Write https://, or set MCP_REMOTE_ALLOW_HTTP=true if you trust the network in between."
            )
        }
    }

    var secrets: [Secret] { credentials.secrets + fields.constant.map { $0.value } }
}

/// What says to the remote server who calls.
package struct RemoteCredentialSettings: Sendable {
    package let bearer: SecretSource?
    /// The file in which `bearer` was; read again when it changes.
    package let bearerFile: String?
    package let anonymousBearer: Secret?
    package let issuer: String?
    package let clientID: String?
    package let clientSecret: Secret?
    package let scope: String?
    package let redirectURI: WebAddress?
    package let audience: String?
    package let fieldName: HeaderToken
    /// `{token}` and `{token_type}` are filled in; nil for the type, a blank and the token.
    package let valueTemplate: String?

    /// Whether the tokens of callers are exchanged.
    package var exchanges: Bool { issuer != nil && clientID != nil && clientSecret != nil }

    init(_ reader: inout SettingsReader) {
        bearer = reader.readSecretSource(
            "MCP_REMOTE_BEARER_TOKEN",
            "Token that every request to the remote server carries.",
            example: "token"
        )
        bearerFile = reader.shownValue(of: "MCP_REMOTE_BEARER_TOKEN_FILE")
        anonymousBearer = reader.readSecret(
            "MCP_REMOTE_ANON_BEARER_TOKEN",
            "Token for callers that bring none, and for health checks.",
            example: "token"
        )
        issuer = reader.read(
            "MCP_REMOTE_SERVER_OAUTH_ISSUER",
            "Authorization server that exchanges callers' tokens for the service's, and where people sign in.",
            example: "https://login.example.com/realms/company"
        )
        clientID = reader.read(
            "MCP_REMOTE_CLIENT_ID",
            "Id of the bridge as a client of the authorization server.",
            example: "mcp-bridge"
        )
        clientSecret = reader.readSecret(
            "MCP_REMOTE_CLIENT_SECRET",
            "Secret of that client; with it and the issuer, callers' tokens are exchanged.",
            example: "client-secret"
        )
        scope = reader.read(
            "MCP_REMOTE_SCOPE",
            "Scopes to ask for, separated by blanks, at the exchange and at signing in.",
            example: "openid offline_access"
        )
        redirectURI = reader.read(
            "MCP_REMOTE_REDIRECT_URI",
            "Address to which people come back from signing in; it ends in /oauth/callback.",
            example: "https://bridge.example.com/oauth/callback"
        )
        audience = reader.read(
            "MCP_REMOTE_AUDIENCE",
            "Audience to ask for at the exchange, where the authorization server wants one.",
            example: "github-mcp"
        )
        fieldName = reader.read(
            "MCP_REMOTE_AUTH_HEADER_NAME",
            "Header field in which the token travels to the remote server.",
            default: .authorization
        )
        valueTemplate = reader.read(
            "MCP_REMOTE_AUTH_HEADER_VALUE_TEMPLATE",
            "Value of that field: {token_type} and {token} are filled in; their pair when left out.",
            example: "token={token}"
        )
        if let valueTemplate, valueTemplate.range(ofFirst: "{token}") == nil {
            reader.complain(
                "MCP_REMOTE_AUTH_HEADER_VALUE_TEMPLATE",
                "has no {token} in it",
                advice: "Write {token} where the token belongs, or leave the setting out."
            )
        }
    }

    /// With only some of the three, callers' tokens would be forwarded where an exchange was meant.
    func checkExchange(_ reader: inout SettingsReader) {
        guard issuer != nil, !exchanges else { return }
        let missing = clientID == nil ? "MCP_REMOTE_CLIENT_ID" : "MCP_REMOTE_CLIENT_SECRET"
        reader.complain(
            "MCP_REMOTE_SERVER_OAUTH_ISSUER",
            "is set without \(missing), so that callers' tokens would not be exchanged",
            advice: "Set issuer, client id and client secret, or leave out the issuer."
        )
    }

    var secrets: [Secret] { [bearer?.value, anonymousBearer, clientSecret].compactMap { $0 } }
}

/// The header fields of requests to the remote server.
package struct RemoteFieldSettings: Sendable {
    /// Those with the same value for all, by the names under which they travel.
    package let constant: [NamedSecret]
    /// Names of those that are copied from a caller's request; `*` for all that may be.
    package let forwarded: [String]

    init(_ reader: inout SettingsReader) {
        let family = reader.readFamily(
            "MCP_REMOTE_HEADER_",
            "A header field for every request to the remote server, by the rest of its name: X_API_KEY is X-API-KEY.",
            example: ("X_API_KEY", "key")
        )
        constant = family.map { NamedSecret(name: HeaderFieldName.spelled($0.name), value: $0.value) }
        let list: TextList? = reader.read(
            "MCP_REMOTE_SERVER_FORWARD_HEADERS",
            "Header fields that are copied from a caller's request to the remote server, with commas; * for all.",
            example: "X-Request-ID,X-Tenant"
        )
        forwarded = list?.texts ?? []
        for member in family where !HeaderToken.isToken(HeaderFieldName.spelled(member.name)) {
            reader.complain(
                "MCP_REMOTE_HEADER_\(member.name)",
                "has a name that no header field can have",
                advice: "Write letters, digits and underscores behind MCP_REMOTE_HEADER_."
            )
        }
        if let other = forwarded.first(where: { $0 != "*" && !HeaderToken.isToken($0) }) {
            reader.complain(
                "MCP_REMOTE_SERVER_FORWARD_HEADERS",
                "names `\(other)`, which is no header field",
                advice: "Write names of header fields, separated by commas."
            )
        }
    }
}
