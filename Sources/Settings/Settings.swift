package import Logging
package import Secrets

/// Everything a person can set, read once when the program starts.
package struct Settings: Sendable {
    package let account: AccountSettings
    package let requests: RequestSettings
    package let network: NetworkSettings
    package let answers: AnswerSettings
    package let tools: ToolSettings
    package let writes: WriteSettings
    package let server: ServerSettings
    package let traces: TraceSettings
    package let listen: ListenSettings
    package let metrics: MetricsSettings
    package let httpAccess: HTTPAccessSettings
    package let httpLimits: HTTPLimitSettings
    package let store: StoreSettings
    package let oauth: OAuthSettings
    package let remote: RemoteSettings
    package let bridge: BridgeSettings
    /// What the files say that these name; read for a program that listens.
    package internal(set) var files = ListenFiles()
    package internal(set) var testing = TestSettings()
    /// Whose settings these are, for people who have several; the default one where a file was named instead.
    package internal(set) var profile = ProfileName.default

    /// What was read, and where each value came from.
    package internal(set) var entries: [SettingEntry] = []
    /// What a person should know although nothing is wrong enough to stop.
    package internal(set) var warnings: [String] = []
    /// About who decides where secrets go, and secrets that cannot be hidden; logged whatever `LOG_LEVEL`
    /// says.
    package internal(set) var trustWarnings: [String] = []
    /// Those of ``warnings`` that are about names which no setting has.
    package internal(set) var unknownKeys: [String] = []
    /// The one of ``trustWarnings`` about who can read the file.
    package internal(set) var exposure: String?

    /// `version` is the program's own; `listens` is true for a program that opens a port, `bridges` for one that stands
    /// before another server; `tools` has the names of those that can be chosen.
    init(_ reader: inout SettingsReader, version: String, listens: Bool, bridges: Bool = false, tools: [String] = []) {
        // One file serves all programs, and what only another one uses stops none.
        (account, requests) = reader.part(isNeeded: !bridges) { (AccountSettings(&$0), RequestSettings(&$0)) }
        network = NetworkSettings(&reader)
        answers = reader.part(isNeeded: !bridges) { AnswerSettings(&$0) }
        self.tools = reader.part(isNeeded: !bridges) { ToolSettings(&$0, known: tools) }
        writes = reader.part(isNeeded: !bridges) { WriteSettings(&$0) }
        server = ServerSettings(&reader, version: version)
        traces = TraceSettings(&reader)
        let authMode = account.authMode
        (listen, httpAccess, httpLimits) = reader.part(isNeeded: listens) { reader in
            let mode = bridges ? .remote : authMode
            return (
                ListenSettings(&reader, authMode), HTTPAccessSettings(&reader, mode), HTTPLimitSettings(&reader)
            )
        }
        let access = httpAccess
        (store, oauth) = reader.part(isNeeded: listens && !bridges) { reader in
            let store = StoreSettings(&reader)
            store.check(&reader, access)
            return (store, OAuthSettings(&reader))
        }
        metrics = reader.part(isNeeded: listens) { MetricsSettings(&$0) }
        let bodyBytes = httpLimits.bodyBytes
        remote = reader.part(isNeeded: bridges) { RemoteSettings(&$0) }
        bridge = reader.part(isNeeded: bridges && listens) { BridgeSettings(&$0, bodyBytes: bodyBytes) }
        if listens, !bridges { checkListening(&reader) }
    }

    private func checkListening(_ reader: inout SettingsReader) {
        switch account.authMode {
        case .remote: oauth.provider.check(&reader, publicBaseURL: listen.publicBaseURL)
        case .remoteLogin: oauth.signIn.check(&reader, publicBaseURL: listen.publicBaseURL)
        case .local where !listen.host.isLoopback:
            reader.complain(
                "MCP_HTTP_HOST",
                "names an address that others can reach, and in mode local all of them would act as you",
                advice: "Write MCP_HTTP_HOST=127.0.0.1, or AUTH_MODE=remote_credentials for many people."
            )
        case .local, .remoteCredentials: break
        }
    }

    /// Why nothing may be sent to the address that is set; nil when it may, or when none is set.
    package var refusal: SettingsProblem? {
        guard let address = account.address, !address.isEncrypted, !address.isLoopback, !network.allowsHTTP else {
            return nil
        }
        return SettingsProblem(
            name: "OVALEDGE_BASE_URL",
            what: "begins with http://, so the secret would travel unencrypted to another machine",
            advice: "Write https://, or set OVALEDGE_ALLOW_HTTP=true if you trust the network in between."
        )
    }

    /// What is before the token in requests to OvalEdge.
    ///
    /// A token that an identity provider has issued goes out as one, unless another scheme than OvalEdge's own is set.
    package func authScheme(listens: Bool) -> String {
        let isOwn = requests.authScheme.lowercased() == HeaderToken.jwt.text
        let sendsIssued = listens && account.authMode == .remote && oauth.provider.sendsIssuedToken
        return isOwn && sendsIssued ? "Bearer" : requests.authScheme
    }

    /// The names of those without which no one can be signed in; `listens` is true for a program that opens a port.
    package func missing(listens: Bool = false) -> [String] { missing(entries, listens: listens) }

    func missing(_ entries: [SettingEntry], listens: Bool) -> [String] {
        let brought = listens && account.authMode != .local ? ["OVALEDGE_USER_TOKEN", "OVALEDGE_USER_SECRET"] : []
        return entries.filter { $0.isNeeded && $0.value == nil && !brought.contains($0.name) }.map { $0.name }
    }

    /// The texts that must not leave the process.
    package var secrets: [Secret] {
        let proxies = [network.proxy, network.httpsProxy, network.httpProxy, network.allProxy]
        return [account.userToken?.value, account.userSecret?.value, httpAccess.sealKey].compactMap { $0 }
            + proxies.flatMap { $0?.secrets ?? [] }
            + (store.address?.secrets ?? []) + traces.secrets + oauth.secrets + remote.secrets + bridge.secrets
    }

    /// The names of the settings that say something else than `others` do and need a restart; `listens` is true for a
    /// program that opens a port.
    package func differences(from others: Settings, listens: Bool = false) -> [String] {
        let reread = ToolSettings.names + WriteSettings.names + [ServerSettings.logLevel]
        let kept: [SettingConcern] = listens ? [.all, .listening] : [.all]
        let changed = zip(entries, others.entries).filter { $0.written != $1.written }.map { $0.0 }
        return changed.filter { kept.contains($0.concerns) && !reread.contains($0.name) }.map { $0.name }
    }

    /// Whether a bridge has the same servers with `others`, called in the same way: what is read again may differ.
    package func haveSameServers(as others: Settings) -> Bool { writtenForServers == others.writtenForServers }

    private var writtenForServers: [String: Secret?] {
        let concerned = entries.filter { [.all, .bridge].contains($0.concerns) && $0.name != ServerSettings.logLevel }
        return Dictionary(concerned.map { ($0.name, $0.written) }) { $1 }
    }

    /// Every setting as it is described, with no value read.
    package static func described(version: String) -> [SettingEntry] {
        var reader = SettingsReader([])
        _ = Settings(&reader, version: version, listens: false)
        return reader.entries
    }
}

/// Whose eyes the catalog is seen with.
package struct AccountSettings: Sendable {
    package let address: WebAddress?
    package let userToken: SecretSource?
    package let userSecret: SecretSource?
    package let authMode: AuthMode

    package var baseURL: String? { address?.text }

    init(_ reader: inout SettingsReader) {
        reader.section("Your OvalEdge")
        address = reader.read(
            "OVALEDGE_BASE_URL",
            "Address of your OvalEdge, for example https://acme.ovaledge.net/ovaledge.",
            example: "https://acme.ovaledge.net/ovaledge",
            isNeeded: true
        )
        userToken = reader.readSecretSource(
            "OVALEDGE_USER_TOKEN",
            "User token of the account to act for.",
            isNeeded: true
        )
        userSecret = reader.readSecretSource("OVALEDGE_USER_SECRET", "Secret of that user token.", isNeeded: true)
        authMode = reader.read(
            "AUTH_MODE",
            "Who signs in at oe-mcp-http: you, with this token and secret (local), or each with their own.",
            default: .local
        )
    }
}
