import HTTP
import JSON
import Logging
import MCP
import OvalEdge
import OvalEdgeContent
import OvalEdgeTools
import Rendering
import Sandbox
import TestSupport
import Testing
import Writes

/// All tools, resources and prompts over a pretend OvalEdge.
struct TestCatalog {
    let ovalEdge: OvalEdgeAPI
    let access: ToolAccess
    let registry: Registry
    let resources: OvalEdgeResources
    let prompts: OvalEdgePrompts
    /// Where the audit log is kept, and apart from it its key.
    let folder = TemporaryDirectory()
    private let keys = TemporaryDirectory()

    /// `now` is the clock of what may be written, and `allowing` what that is.
    init(
        _ client: any HTTPClient = SandboxClient(),
        tools: [any Tool.Type] = Registry.tools,
        allowing families: Set<WriteFamily> = Set(WriteFamily.allCases),
        consent: Consent.Asking? = nil,
        confirmBy: ConfirmBy = .auto,
        budget: AnswerBudget = AnswerBudget(),
        log: Log = .none,
        endpoints: EndpointSelector = EndpointSelector(),
        cache: ReadCache = ReadCache(),
        now: @escaping @Sendable () -> Double = { 1_790_000_000 }
    ) {
        let configuration = OvalEdgeConfiguration(baseURL: Sandbox.baseURL, timeZone: "Europe/Berlin")
        let credentials = Credentials(
            userToken: Secret(Sandbox.userToken),
            userSecret: Secret(Sandbox.userSecret)
        )
        let exchange = TokenExchange(
            configuration,
            credentials: credentials,
            client: client,
            redactor: Redactor()
        )
        let broker = TokenBroker(exchange, log: .none)
        let api = OvalEdgeAPI(
            configuration,
            endpoints: endpoints,
            cache: cache,
            client: client,
            broker: broker,
            remedies: .neutral,
            log: log
        )
        // Its time never runs out: what is found must not depend on the machine's speed.
        let patient = SessionClock(now: { 0 }, sleep: { _ in try await Task.sleep(for: .seconds(3600)) })
        ovalEdge = api
        let names = tools.map { tool in tool.definition.name }
        let access = ToolAccess(allowing: families, confirmBy: confirmBy) { names.contains($0) }
        self.access = access
        let audit = AuditLog(folder: folder.path, key: AuditKeyFile(keys.path + "/audit.key"), now: now)
        let workflow = WriteWorkflow(audit: audit, now: now, consent: consent)
        let accounts = AccountPool(remedies: .neutral, log: .none, access: { _ in access }) {
            .acting(by: api, for: $0)
        }
        let completer = Completer(accounts, clock: patient)
        registry = Registry(accounts, workflow: workflow, budget: budget) { UntrustedDelimiter("k3x9q2") }
        resources = OvalEdgeResources(accounts, completer: completer, budget: budget) { UntrustedDelimiter("k3x9q2") }
        prompts = OvalEdgePrompts(accounts, completer: completer)
    }

    /// One that signs anyone in and gives the same answer to everything else.
    init(answering status: HTTPStatus = .ok, _ json: String, _ fields: HTTPFields = [:]) {
        self.init(
            AnsweringHTTP { request in
                guard !request.url.hasSuffix(TokenExchange.path) else {
                    return HTTPResponse(.ok, text: #"{"token":"e30.e30.c2ln"}"#, type: "application/json")
                }
                return HTTPResponse(status, fields: fields, text: json, type: "application/json")
            }
        )
    }

    /// Every answer has the same directions in both halves, whatever else a test looks at.
    func call(
        _ tool: String,
        _ arguments: JSON = [:],
        by principal: Principal = .local,
        at location: SourceLocation = #_sourceLocation
    ) async throws -> Answer {
        try await registry.call(
            tool,
            arguments: arguments.object ?? JSONObject(),
            in: RequestContext(revision: .november2025, principal: principal)
        ).checkingHalves(at: location)
    }

    /// The same call twice: for the preview, and with its token.
    func confirmed(
        _ tool: String,
        _ arguments: JSON,
        at location: SourceLocation = #_sourceLocation
    ) async throws -> (preview: Answer, done: Answer) {
        let preview = try await call(tool, arguments, at: location)
        var again = arguments
        again["write_confirmed_by_user"] = true
        again["confirmation_token"] = preview.structured?["confirmationToken"]
        return (preview, try await call(tool, again, at: location))
    }

    /// What is on record of the writes so far.
    func audit() throws -> AuditCheck {
        try AuditCheck(folder: folder.path, key: AuditKeyFile(keys.path + "/audit.key"))
    }

    func read(_ uri: String, _ revision: Revision = .november2025) async throws -> ResourceAnswer? {
        try await resources.read(uri, in: RequestContext(revision: revision))
    }

    func prompt(_ name: String, _ arguments: [String: String]) async throws -> PromptAnswer {
        try await prompts.get(name, arguments: arguments, in: RequestContext(revision: .november2025))
    }

    /// A client in the same process, its handshake done.
    func session(
        _ revision: Revision = .newestWithHandshake,
        capabilities: JSON = [:]
    ) async throws -> TestSession {
        let info = ServerInfo(name: "test", version: "1", instructions: "Ask.")
        let server = Server(info: info, tools: registry, resources: resources, prompts: prompts, log: .none)
        let session = TestSession(server)
        try await session.open(revision, capabilities: capabilities)
        return session
    }
}

extension Account {
    /// An account that uses this, named after who asks.
    static func acting(by api: OvalEdgeAPI, for principal: Principal = .local) -> Account {
        Account(digest: { "account of \(principal.id)" }, remedies: .neutral, log: .none) { () throws(OvalEdgeError) in
            api
        }
    }
}

/// What is listed to whom nothing is forbidden that the catalog allows.
extension TestCatalog {
    private static let anyone = RequestContext(revision: .november2025)

    func knows(_ tool: String) -> Bool { registry.knows(tool, in: Self.anyone) }

    var tools: [ToolListing] { registry.listings(in: Self.anyone).known }
    var listedResources: [Resource] { resources.resources(in: Self.anyone).known }
    var listedTemplates: [ResourceTemplate] { resources.templates(in: Self.anyone).known }
    var listedPrompts: [PromptDefinition] { prompts.prompts(in: Self.anyone).known }
}

extension MCP.Listed {
    /// All of it, where nobody has to be asked.
    fileprivate var known: [Element] { if case .now(let elements) = self { elements } else { [] } }
}

extension ToolDefinition {
    static let all = Registry.tools.map { tool in tool.definition }
}

extension JSON {
    /// What a request of 2026-07-28 says of itself.
    static let stateless: JSON = [
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": [:],
    ]
}
