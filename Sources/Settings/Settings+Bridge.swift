import Text

/// What a bridge is started with.
package struct BridgeNeeds: Sendable {
    /// Whether a file of servers is named.
    package let hasFile: Bool

    package init(hasFile: Bool = false) { self.hasFile = hasFile }
}

extension Settings {
    /// The commands that stand before another server.
    private static let bridgeCommands = ["bridge", "remote", "login", "logout"]

    static func bridges(_ line: ParsedCommandLine) -> Bool {
        line.command.map { bridgeCommands.contains($0.name) } == true || line.has("bridge")
    }

    /// The settings of a bridge that its command line has options for.
    static func bridgeValues(_ line: ParsedCommandLine) -> [String: String] {
        guard bridges(line) else { return [:] }
        let names = [
            "bearer-file": "MCP_REMOTE_BEARER_TOKEN_FILE", "timeout": "MCP_REMOTE_TIMEOUT",
            "base-path": "MCP_BASE_PATH", "era": "MCP_REMOTE_ERA",
        ]
        var values = Dictionary(
            uniqueKeysWithValues: names.compactMap { option, name in line[option].map { (name, $0) } }
        )
        if let command = localCommand(line) {
            values["MCP_SERVER_COMMAND"] = command
        } else if let server = line.operands.first {
            values["MCP_REMOTE_SERVER"] = server
        }
        return values
    }

    /// What follows `--`, each word in quotes, so that it is read as it was typed.
    private static func localCommand(_ line: ParsedCommandLine) -> String? {
        guard let end = line.arguments.firstIndex(of: "--") else { return nil }
        let words = line.arguments[(end + 1)...].map { word in "'" + word.replacing(every: "'", with: "'\\''") + "'" }
        return words.isEmpty ? nil : words.joined(separator: " ")
    }

    /// What stops a bridge; `hasFile` says that a file of servers is named.
    func checkBridge(_ reader: inout SettingsReader, listens: Bool, hasFile: Bool, _ disk: SettingsDisk) {
        remote.checkAddress(&reader)
        reader.complainOfAccessRules(listens: listens)
        if listens {
            remote.credentials.checkExchange(&reader)
            reader.complain(ofGroups: self)
        }
        if let path = remote.connection.caBundle {
            ListenFiles.checkPEM("MCP_REMOTE_CA_BUNDLE", "CERTIFICATE", at: path, in: disk.file(path), &reader)
        }
        if let path = remote.connection.clientCertificate {
            ListenFiles.checkPEM("MCP_REMOTE_CLIENT_CERTIFICATE", "CERTIFICATE", at: path, in: disk.file(path), &reader)
        }
        if remote.server != nil, !bridge.child.command.isEmpty {
            reader.complain(
                "MCP_REMOTE_SERVER",
                "and MCP_SERVER_COMMAND are both set",
                advice: "Leave one of them out: a bridge stands before one server, or before those of --config."
            )
        }
        let isNamed = remote.server != nil || !bridge.child.command.isEmpty || hasFile
        if !isNamed, !reader.isSet("MCP_REMOTE_SERVER"), !reader.isSet("MCP_SERVER_COMMAND") {
            reader.complain(
                "MCP_REMOTE_SERVER",
                "is not set",
                advice: "Write the address of the remote MCP server, such as https://mcp.example.com/mcp."
            )
        }
        // Whether a file of servers names one that is started here is known once it has been read.
        if listens, !bridge.child.command.isEmpty { reader.complain(ofOpenChildren: self) }
    }

    /// Who issues the tokens of callers; nil where nothing says so.
    package var callersIssuer: String? {
        let keycloak = bridge.keycloak
        return keycloak.issuer ?? keycloak.baseURL.map { "\($0.text)/realms/\(keycloak.realm)" }
            ?? remote.credentials.issuer
    }

    /// Where clients of the bridge sign in; nil where nothing says so.
    package var signInIssuer: String? { bridge.resource.issuer ?? callersIssuer }

    /// What is set that other bridges read, with what does the same here.
    static func advice(onOtherBridges reader: SettingsReader) -> [String] {
        ofOtherBridges.filter { reader.isGiven($0.0) }.map { name, advice in
            "\(name) is not a setting of this program, so it changes nothing. \(advice)"
        }
    }

    private static let ofOtherBridges = [
        ("CORS_ALLOW_CREDENTIALS", "Leave it out: pages of other origins send a token, and no cookies."),
        ("CORS_ORIGINS", "Set MCP_ALLOWED_ORIGINS instead."),
        ("MCP_OAUTH_CLIENT_ID", "Leave it out: clients have their own ids."),
        (
            "MCP_OAUTH_REGISTRATION_ENDPOINT",
            "Leave it out: clients read it from the authorization server that MCP_OAUTH_ISSUER names."
        ),
        ("MCP_TOOL_TIMEOUT_SECONDS", "Set MCP_REMOTE_TIMEOUT instead."),
        ("OAUTH_ISSUER_URL", "Set MCP_REMOTE_SERVER_OAUTH_ISSUER instead."),
        ("OTLP_ENDPOINT", "Set OTEL_EXPORTER_OTLP_ENDPOINT instead."),
        ("OTLP_HEADERS", "Set OTEL_EXPORTER_OTLP_HEADERS instead."),
        ("PROMETHEUS_ENABLED", "Leave it out: /metrics is always there."),
        ("REDIS_URL", "Leave it out: sessions are in the memory of one process."),
        ("SERVICE_NAME", "Set OTEL_SERVICE_NAME instead."),
        ("SESSION_MANAGER_TYPE", "Leave it out: sessions are in the memory of one process."),
        ("WORKERS", "Leave it out: one process serves all."),
    ]

    /// Whether others than this machine could call what is started here.
    package var opensChildren: Bool {
        !listen.host.isLoopback && bridge.callers.apiKey == nil && !bridge.callers.allowsOpen
    }
}

extension SettingsReader {
    /// Rules on who may do what are never left out silently.
    fileprivate mutating func complainOfAccessRules(listens: Bool) {
        var rules = [("ALLOWED_HOSTS", "Leave it out, and set MCP_ALLOWED_HOSTS.")]
        if !listens {
            rules.append(("EFFECT_TOOLS", "Leave it out, and hide tools that change something with EXCLUDE_TOOLS."))
            rules.append(("BRIDGE_REQUIRED_GROUPS", "Leave it out: this program is started by the one who uses it."))
        }
        for (name, advice) in rules where isGiven(name) {
            complain(name, "is a rule on who may do what that is not supported here", advice: advice)
        }
    }

    fileprivate mutating func complain(ofGroups settings: Settings) {
        guard settings.bridge.callers.requiredGroups != nil, settings.callersIssuer == nil else { return }
        complain(
            "BRIDGE_REQUIRED_GROUPS",
            "is set, and nothing says whose tokens are to be believed",
            advice: "Set KEYCLOAK_ISSUER to the issuer of callers' tokens."
        )
    }

    fileprivate mutating func complain(ofOpenChildren settings: Settings) {
        guard settings.opensChildren else { return }
        complain(
            "MCP_SERVER_COMMAND",
            "is offered at an address that others can reach, and all of them could call it",
            advice: "Set BRIDGE_API_KEY, or MCP_BRIDGE_ALLOW_OPEN=true if that is meant."
        )
    }
}
