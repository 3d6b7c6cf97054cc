import CurlHTTP
package import HTTP
package import Logging
package import MCP
package import OvalEdge
import OvalEdgeContent
package import OvalEdgeTools
import Rendering
package import Sandbox
import Secrets
package import Settings
package import Telemetry
package import Writes

/// The parts of one process, put together: the only place where they meet.
package struct Wiring: Sendable {
    package let settings: Settings
    package let isSandbox: Bool
    package let log: Log
    /// The last warnings and errors.
    package let recent: RecentLines
    /// What is counted and traced.
    package let telemetry: Telemetry
    /// Keeps what was counted; nil where nothing is kept.
    package let counters: CounterKeeper?
    package let configuration: OvalEdgeConfiguration
    /// Looks up secrets that are kept elsewhere.
    private let resolver: SecretResolver
    /// Without tries of its own: what came is what the other side sent.
    package let client: any HTTPClient
    /// The same with tries of its own.
    let patient: RetryingClient
    /// Where the tasks that answer requests like to be; nil for the pool.
    package let executor: (any TaskExecutor)?
    package let tokens: LookedUpTokenSource
    package let broker: TokenBroker
    package let ovalEdge: OvalEdgeAPI
    /// The tools that the settings allow.
    package let access: ToolAccess

    /// `given` are settings that are not those of this process.
    ///
    /// `logLevel` overrides the setting, for commands that say themselves what goes wrong; `warns` is false for one that
    /// shows the warnings about the settings itself.
    package init(
        _ line: ParsedCommandLine,
        given: Settings? = nil,
        listens: Bool = false,
        logLevel: Log.Level? = nil,
        warns: Bool = true
    ) throws {
        settings = try given ?? Environment.settings(line, listens: listens)
        access = ToolAccess(
            allowing: settings.writeFamilies,
            confirmBy: settings.confirmBy,
            settings.tools.allows
        )
        isSandbox = line.has("sandbox")
        recent = RecentLines()
        log = Self.log(settings, logLevel ?? settings.server.logLevel, keeping: recent)
        (telemetry, counters) = Self.telemetry(line, settings, listens: listens, log: log)
        let serves = listens || line.command == nil
        configuration = Self.configuration(settings, isSandbox: isSandbox, listens: listens, serves: serves)
        let sandboxCatalog: SandboxCatalog = try line.choice("sandbox") ?? .sample
        let sandboxGeneration = try Self.sandboxGeneration(line, of: sandboxCatalog)
        let curl = isSandbox ? nil : CurlClient(Self.curl(settings), log: log)
        client = ObservedClient(
            curl ?? SandboxClient(catalog: sandboxCatalog, generation: sandboxGeneration),
            telemetry
        )
        executor = curl?.executor
        resolver = SecretResolver(Environment.secretSurroundings, redactor: log.redactor)
        tokens = Self.tokens(settings, isSandbox: isSandbox, configuration, resolver, client, telemetry, log)
        broker = TokenBroker(tokens, log: log)
        let policy = RetryPolicy(
            maxAttempts: settings.requests.maxAttempts,
            backoffSeconds: settings.requests.backoffSeconds
        )
        let deadline = Duration.seconds(settings.requests.callDeadlineSeconds)
        // The call's own deadline comes first, and its answer says which setting it was.
        patient = RetryingClient(client, policy: policy, within: deadline + .seconds(2))
        let endpoints = EndpointSelector(
            fixed: settings.requests.generation.fixed.flatMap { Generation(rawValue: $0) }
        )
        ovalEdge = OvalEdgeAPI(
            configuration,
            endpoints: endpoints,
            cache: ReadCache(ttl: settings.requests.cacheSeconds),
            client: patient,
            broker: broker,
            remedies: RemedyTexts.namingSettings.saying(settings.place),
            log: log
        )
        if warns { warn(of: settings.warnings, settings.trustWarnings) }
    }

    /// What a sign-in may take besides its request, as seen by the process that waits for it.
    static let spareSeconds = 5.0

    /// With `consent` the person at this process is asked, and no client.
    package func tools(consent: Consent.Asking? = nil) -> OvalEdgeTools.Registry {
        tools(for: ownAccounts, workflow(usedTokens.seal, usedTokens, consent))
    }

    /// For the person at this process.
    package var server: Server { server(for: ownAccounts, seal: usedTokens.seal, used: usedTokens) }

    /// For those who have `accounts`; `seal` and `used` are shared by all processes that stand in for each other.
    package func server(for accounts: any Accounts, seal: Seal, used: any UsedTokens) -> Server {
        let completer = Completer(accounts)
        return Server(
            info: ServerIdentity.info(settings, tools: access),
            tools: tools(for: accounts, workflow(seal, used)),
            resources: OvalEdgeResources(accounts, completer: completer, budget: budget),
            prompts: OvalEdgePrompts(accounts, completer: completer),
            logsFrom: .error,
            // Prompts and guides name the tools that are offered.
            changes: [.tools, .prompts, .resources],
            callDeadline: .seconds(settings.requests.callDeadlineSeconds),
            seal: seal,
            used: used,
            telemetry: telemetry,
            log: log
        )
    }

    private func tools(for accounts: any Accounts, _ workflow: WriteWorkflow) -> OvalEdgeTools.Registry {
        OvalEdgeTools.Registry(accounts, workflow: workflow, budget: budget, mark: mark)
    }

    /// The one of the person at this process.
    package var ownAccounts: OneAccount {
        let account = Account(
            digest: { [configuration, tokens] in
                if let refusal = configuration.refusal { throw refusal }
                let credentials = tokens.known ?? Credentials(userToken: nil, userSecret: nil)
                return try credentials.accountDigest(at: configuration.baseURL)
            },
            remedies: RemedyTexts.namingSettings.saying(settings.place),
            log: log
        ) { [configuration, tokens, ovalEdge] () async throws(OvalEdgeError) in
            // Who opens it may want its digest before any token.
            if configuration.refusal == nil { try await tokens.prepare() }
            return ovalEdge
        }
        return OneAccount(account, access: access)
    }

    /// The sandbox's catalog is our own, and its answers are in the documentation.
    private var mark: @Sendable () -> UntrustedDelimiter {
        { [isSandbox] in isSandbox ? UntrustedDelimiter("sample") : .random() }
    }

    private var budget: AnswerBudget { AnswerBudget(tokens: settings.answers.tokens) }

    private func workflow(
        _ seal: Seal,
        _ used: any UsedTokens,
        _ consent: Consent.Asking? = nil
    ) -> WriteWorkflow {
        WriteWorkflow(
            audit: AuditLog(folder: auditFolder, key: auditKey),
            seal: seal,
            used: used,
            consent: consent
        )
    }

    /// Next to the audit log, so that all who write the same log know the same tokens.
    package var usedTokens: UsedTokensInFolder {
        UsedTokensInFolder(
            auditFolder + "/tokens",
            remedy: RemedyTexts.namingSettings.sentence(.changeAuditFolder(hint: nil))
        )
    }

    package var auditKey: AuditKeyFile {
        AuditKeyFile(
            settings.writes.auditKeyFile ?? Environment.auditKeyFile,
            log: isSandbox ? "sandbox" : "catalog"
        )
    }

    /// What is tried in the sandbox is kept apart from what was really changed.
    package var auditFolder: String {
        let folder = settings.writes.auditFolder ?? Environment.auditFolder
        return isSandbox ? folder + "/sandbox" : folder
    }

    /// Logs what a person should know about the settings; `trust` has what may not depend on the level that is set.
    package func warn(of warnings: [String], _ trust: [String]) {
        for warning in warnings { log.warning(warning) }
        let always = Log(.warning, redactor: log.redactor, format: settings.server.logFormat) {
            StandardError.write($0)
        }
        for warning in trust { always.warning(warning) }
    }

    /// Whether there is anything to sign in with; without it nothing is asked of the network.
    package var canSignIn: Bool {
        let account = settings.account
        return isSandbox
            || settings.refusal == nil && account.baseURL != nil && account.userToken != nil
                && account.userSecret != nil
    }

    /// Whether a session token can be got ahead of the first call without asking a program, or a person, for secrets.
    package var signsInAhead: Bool {
        canSignIn && looksUpAlone
    }

    /// The user token and secret that are set, wherever they are kept.
    package func accountCredentials() async throws(OvalEdgeError) -> Credentials {
        try await AccountSecrets(settings.account, resolver).credentials()
    }

    /// Whether the user token and secret can be redacted; the sandbox has none that are looked up.
    package var knowsSecrets: Bool { isSandbox || AccountSecrets(settings.account, resolver).areKnown }

    /// Whether they can be looked up without asking a program, or a person.
    package var looksUpAlone: Bool { !isSandbox && !AccountSecrets(settings.account, resolver).needProgram }

    /// Ends the programs that are still asked for secrets.
    package func endLookUps() { resolver.end() }

    /// Loads what requests need, which takes longer than all the rest; called off the path of the first answer.
    package func prepare() throws(HTTPFailure) {
        if !isSandbox { try CurlLibrary.prepare() }
    }
}

extension Settings {
    /// Where an error was, for who has several profiles; nil where none is named.
    package var place: String? { profile.isDefault ? nil : "Profile \(profile)" }

    /// The families of writes that are allowed.
    package var writeFamilies: Set<WriteFamily> {
        Set(writes.allowed.families.compactMap { WriteFamily(rawValue: $0) })
    }

    /// How a person agrees to a change through a client.
    package var confirmBy: ConfirmBy {
        switch writes.confirmBy {
        case .auto: .auto
        case .form: .form
        case .token: .token
        }
    }
}

extension SandboxCatalog {
    /// Throws where the catalog cannot answer like the release that was asked for.
    package func check(_ generation: SandboxGeneration?) throws(UsageError) {
        if serves(generation ?? .current) { return }
        throw UsageError(
            "The large catalog answers like the current release only.",
            advice: "Leave out --generation, or take the sandbox without `large`."
        )
    }
}

extension Wiring {
    /// How the sandbox is to answer; a mistake where there is no sandbox.
    private static func sandboxGeneration(
        _ line: ParsedCommandLine,
        of catalog: SandboxCatalog
    ) throws(UsageError) -> SandboxGeneration {
        let generation: SandboxGeneration? = try line.choice("generation")
        guard generation == nil || line.has("sandbox") else {
            throw UsageError(
                "`--generation` is for the sandbox.",
                advice: "Add --sandbox, or set OVALEDGE_API_GENERATION for your OvalEdge."
            )
        }
        try catalog.check(generation)
        return generation ?? .current
    }

    static func log(_ settings: Settings, _ level: Log.Level, keeping recent: RecentLines) -> Log {
        let redactor = Redactor()
        for secret in settings.secrets { redactor.add(secret) }
        let log = Log(
            level,
            redactor: redactor,
            format: settings.server.logFormat,
            keeping: recent,
            to: LogOutput(settings.server).write
        )
        return settings.profile.isDefault ? log : log.with(("profile", settings.profile.text))
    }

    private static func configuration(
        _ settings: Settings,
        isSandbox: Bool,
        listens: Bool,
        serves: Bool
    ) -> OvalEdgeConfiguration {
        let refusal = isSandbox ? nil : settings.refusal
        let missing = isSandbox ? nil : OvalEdgeError.missing(in: settings, listens: listens, serves: serves)
        return OvalEdgeConfiguration(
            baseURL: isSandbox ? Sandbox.baseURL : refusal == nil ? settings.account.baseURL ?? "" : "",
            linkBaseURL: settings.answers.linkBaseURL ?? "",
            prefersLocalhostLinks: settings.answers.prefersLocalhost,
            authScheme: isSandbox ? "" : settings.authScheme(listens: listens),
            timeZone: Environment.timeZone(setting: settings.answers.timeZone),
            fallbackHeader: settings.requests.fallbackHeader,
            timeout: Double(settings.requests.timeoutSeconds),
            logsRequests: settings.requests.isLogged,
            refusal: refusal.map { problem in
                OvalEdgeError(.notSignedIn, "\(problem.name) \(problem.what).", remedy: .text(problem.advice))
            } ?? missing
        )
    }

    private static func tokens(
        _ settings: Settings,
        isSandbox: Bool,
        _ configuration: OvalEdgeConfiguration,
        _ resolver: SecretResolver,
        _ client: any HTTPClient,
        _ telemetry: Telemetry,
        _ log: Log
    ) -> LookedUpTokenSource {
        let account = AccountSecrets(settings.account, resolver)
        let sandbox = Credentials(userToken: Secret(Sandbox.userToken), userSecret: Secret(Sandbox.userSecret))
        return LookedUpTokenSource { refused throws(OvalEdgeError) in
            if let refusal = configuration.refusal { throw refusal }
            return isSandbox ? sandbox : try await account.credentials(again: refused != nil)
        } source: { credentials in
            let exchange = TokenExchange(
                configuration,
                credentials: credentials,
                client: client,
                redactor: log.redactor,
                telemetry: telemetry
            )
            return SharedTokenSource(
                exchange,
                store: settings.requests.sharesToken && !isSandbox ? Environment.tokenFolder : nil,
                patience: Double(settings.requests.timeoutSeconds) + Self.spareSeconds,
                log: log
            )
        }
    }

    static func curl(_ settings: Settings) -> CurlConfiguration {
        CurlConfiguration(
            timeout: .seconds(settings.requests.timeoutSeconds),
            userAgent: "oe-mcp/\(ProgramVersion.current)",
            caBundle: settings.network.caBundle,
            systemCertificates: settings.network.sslCertFile,
            proxy: proxy(settings),
            noProxy: settings.network.noProxy?.hosts(port: settings.account.address?.port ?? 443),
            clientCertificate: settings.network.clientCertificate,
            clientKey: settings.network.clientKey
        )
    }

    /// Our own setting, else the usual variable for the address's scheme, else the one for all; empty for no proxy.
    ///
    /// Of a request to an http address a proxy sees all, the secret too. So where that address is on this machine, a
    /// proxy on another is left out, unless http is allowed.
    private static func proxy(_ settings: Settings) -> String? {
        let network = settings.network
        let isEncrypted = settings.account.address?.isEncrypted ?? true
        let proxy = network.proxy ?? (isEncrypted ? network.httpsProxy : network.httpProxy) ?? network.allProxy
        if let proxy, !isEncrypted, !proxy.isLoopback, !network.allowsHTTP { return "" }
        return proxy?.address.revealed
    }
}
