package import Logging
import Text

/// How the bridge answers over HTTP (`oe-mcp-http bridge`).
package struct BridgeSettings: Sendable {
    package let basePath: BasePath
    /// Of a request's body; nil where only `MCP_MAX_BODY_BYTES` says it.
    package let maxRequestBytes: Int
    /// The same for a line of standard input, where it is set.
    package let maxLineBytes: Int?
    package let argumentFields: ArgumentFields?
    /// Globs of the tools that a dry run does not call.
    package let effectTools: TextList?
    package let callers: CallerSettings
    package let keycloak: KeycloakSettings
    package let resource: ResourceSettings
    package let child: ChildSettings

    init(_ reader: inout SettingsReader, bodyBytes: Int) {
        reader.section("The bridge over HTTP (oe-mcp-http bridge)", concerns: .bridge)
        basePath = reader.read(
            "MCP_BASE_PATH",
            "Path before those of all routes, where several bridges stand behind one host.",
            default: .none,
            saying: "none",
            example: "/api/github"
        )
        let requestBytes = reader.read(
            "MCP_MAX_REQUEST_BYTES",
            "Maximum size of a request's body to the bridge, in bytes; MCP_MAX_BODY_BYTES says the same.",
            in: 1024...1_073_741_824,
            default: 4_194_304
        )
        let (isSet, hasAlias) = (reader.isSet("MCP_MAX_REQUEST_BYTES"), reader.isSet("MCP_MAX_BODY_BYTES"))
        maxLineBytes = isSet ? requestBytes : nil
        maxRequestBytes = hasAlias && !isSet ? bodyBytes : requestBytes
        argumentFields = reader.read(
            "MCP_MAP_HEADER_TO_INPUT",
            "Arguments that are taken from header fields and leave the published schema, as argument=Header.",
            example: "tenant=X-Tenant"
        )
        effectTools = reader.read(
            "EFFECT_TOOLS",
            "Tools that a REST call with X-Inxm-Dry-Run: true does not call, as names with * and ?.",
            example: "create_*,update_*",
            saying: "all but those that only read"
        )
        callers = CallerSettings(&reader)
        keycloak = KeycloakSettings(&reader)
        resource = ResourceSettings(&reader)
        child = ChildSettings(&reader)
        if isSet, hasAlias, bodyBytes != requestBytes {
            reader.complain(
                "MCP_MAX_REQUEST_BYTES",
                "and MCP_MAX_BODY_BYTES say different sizes",
                advice: "Leave one of them out."
            )
        }
    }

    var secrets: [Secret] { [callers.apiKey].compactMap { $0 } + child.variables.map { $0.value } }
}

/// Who calls the bridge, and where their token is.
package struct CallerSettings: Sendable {
    package let tokenName: HeaderToken
    package let tokenSource: CallerTokenSource
    package let tokenCookie: String
    /// The header field, and the cookie, that names a session.
    package let sessionName: HeaderToken
    /// A session that no one has used for so many seconds ends.
    package let sessionSeconds: Int
    package let apiKey: Secret?
    package let allowsOpen: Bool
    /// Whether cookies are for https alone, whatever a request says.
    package let marksCookiesSecure: Bool
    package let baggage: TextList?
    /// Groups of which a caller has to be in one; nil where anyone may call.
    package let requiredGroups: GroupNames?

    init(_ reader: inout SettingsReader) {
        tokenName = reader.read(
            "TOKEN_NAME",
            "Header field in which a proxy in front hands over the caller's token.",
            default: .accessToken
        )
        tokenSource = reader.read(
            "TOKEN_SOURCE",
            "Where the caller's token is looked for first: in that field, or in a cookie as well.",
            default: .header
        )
        tokenCookie = reader.read("TOKEN_COOKIE_NAME", "Name of that cookie.", default: "_oauth2_proxy")
        sessionName = reader.read(
            "SESSION_FIELD_NAME",
            "Header field, and cookie, that names a session of the REST interface.",
            default: .session
        )
        sessionSeconds = reader.read(
            "SESSION_TIMEOUT_SECONDS",
            "Seconds after which such a session ends that no one has used.",
            in: 1...86_400,
            default: 1800
        )
        apiKey = reader.readSecret(
            "BRIDGE_API_KEY",
            "Key that every request but those for health must bring in X-API-Key or as a bearer token.",
            example: "key"
        )
        allowsOpen = reader.read(
            "MCP_BRIDGE_ALLOW_OPEN",
            "Let others than this machine call local servers without a key.",
            default: false
        )
        marksCookiesSecure = reader.read(
            "HTTPS_ENABLED",
            "Set cookies for https alone, where a proxy in front ends TLS.",
            default: false
        )
        baggage = reader.read(
            "MCP_TRACE_BAGGAGE_ALLOWLIST",
            "Keys of baggage (W3C) that go on to the remote server, separated by commas.",
            example: "tenant"
        )
        requiredGroups = reader.read(
            "BRIDGE_REQUIRED_GROUPS",
            "Groups of which a caller must be in one, by a token that its issuer has signed; separated by commas.",
            example: "operators"
        )
    }
}

/// Names of groups; those with a blank in them are one name.
package struct GroupNames: Hashable, SettingValue {
    package static let expectation = "names of groups, separated by commas"

    package let all: [String]

    package init?(setting text: String) {
        all = text.split(separator: ",").map { $0.trimmed }.filter { !$0.isEmpty }
        guard !all.isEmpty else { return nil }
    }

    package var shown: String { all.joined(separator: ",") }
}

/// Where a Keycloak keeps the tokens of another provider for people (its broker).
package struct KeycloakSettings: Sendable {
    package let baseURL: WebAddress?
    package let realm: String
    /// What `iss` says in callers' tokens, where it is not that address and realm.
    package let issuer: String?
    /// Nil where the broker is not asked.
    package let providerAlias: String?
    package let refresh: BrokerRefresh

    init(_ reader: inout SettingsReader) {
        baseURL = reader.read(
            "AUTH_BASE_URL",
            "Address of Keycloak, whose broker has the tokens for the remote server.",
            example: "https://login.example.com"
        )
        realm = reader.read("KEYCLOAK_REALM", "Realm of that Keycloak.", default: "inxm")
        issuer = reader.read(
            "KEYCLOAK_ISSUER",
            "Issuer of callers' tokens, for BRIDGE_REQUIRED_GROUPS; AUTH_BASE_URL and the realm when left out.",
            example: "https://login.example.com/realms/company"
        )
        providerAlias = reader.read(
            "KEYCLOAK_PROVIDER_ALIAS",
            "Alias of the provider in that realm; with it the broker is asked for each caller's token.",
            example: "github"
        )
        refresh = reader.read(
            "KEYCLOAK_PROVIDER_REFRESH_MODE",
            "How such a token is renewed before it ends.",
            default: .oidc
        )
        if providerAlias != nil, baseURL == nil {
            reader.complain(
                "KEYCLOAK_PROVIDER_ALIAS",
                "is set without AUTH_BASE_URL",
                advice: "Set AUTH_BASE_URL to the address of Keycloak."
            )
        }
    }
}

/// What the bridge says of itself to clients that look for where to sign in (RFC 9728); each has another setting behind it.
package struct ResourceSettings: Sendable {
    package let address: WebAddress?
    package let issuer: String?
    package let scopes: String?

    init(_ reader: inout SettingsReader) {
        address = reader.read(
            "MCP_OAUTH_RESOURCE_URL",
            "Address that the bridge has for clients that sign in; MCP_PUBLIC_BASE_URL and the path when left out.",
            example: "https://mcp.example.com/api/github"
        )
        issuer = reader.read(
            "MCP_OAUTH_ISSUER",
            "Authorization server at which they sign in; that of the exchange when left out.",
            example: "https://login.example.com/realms/company"
        )
        scopes = reader.read(
            "MCP_OAUTH_SCOPES",
            "Scopes that they are told, separated by blanks; MCP_REMOTE_SCOPE when left out.",
            example: "openid profile"
        )
    }
}

/// A local server that the bridge starts.
package struct ChildSettings: Sendable {
    /// The program and its arguments; empty without one.
    package let command: [String]
    package let variables: [NamedSecret]

    init(_ reader: inout SettingsReader) {
        let words: CommandWords? = reader.read(
            "MCP_SERVER_COMMAND",
            "Command of a local MCP server to start, instead of a remote one; no shell reads it.",
            example: "/usr/local/bin/my-server --stdio"
        )
        command = words?.words ?? []
        variables = reader.readFamily(
            "MCP_ENV_",
            "A variable for that local server, by the rest of its name.",
            example: ("API_KEY", "key")
        )
    }
}

/// A command line without a shell: words, with quotes around those that have blanks in them.
struct CommandWords: Hashable, SettingValue {
    static let expectation = "a program and its arguments, with every quote closed"
    static let isRepeatable = false

    let words: [String]

    init?(setting text: String) {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var isEscaped = false
        for character in text {
            if isEscaped {
                word = (word ?? "") + String(character)
                isEscaped = false
            } else if character == "\\", quote != "'" {
                isEscaped = true
            } else if let open = quote {
                if character == open { quote = nil } else { word = (word ?? "") + String(character) }
            } else if character == "\"" || character == "'" {
                quote = character
                word = word ?? ""
            } else if character.isWhitespace {
                if let word { words.append(word) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if let word { words.append(word) }
        guard quote == nil, !isEscaped, !words.isEmpty else { return nil }
        self.words = words
    }

    /// Arguments may be secrets.
    var shown: String { words.count == 1 ? words[0] : words[0] + " …" }
}
