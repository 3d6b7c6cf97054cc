import HTTP
import JSON
import Logging
import MCP
import OvalEdge
import OvalEdgeTools
import Sandbox
import TestSupport

/// All tools, resources and prompts over a pretend OvalEdge.
struct TestCatalog {
    let ovalEdge: OvalEdgeAPI
    let offer: ToolOffer
    let registry: Registry
    let resources: OvalEdgeResources
    let prompts: OvalEdgePrompts

    init(_ client: any HTTPClient = SandboxClient(), tools: [any Tool.Type] = Registry.tools) {
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
        let api = OvalEdgeAPI(configuration, client: client, broker: broker, log: .none)
        let completer = Completer { _ in api }
        ovalEdge = api
        let names = tools.map { tool in tool.definition.name }
        let offer = ToolOffer { names.contains($0) }
        self.offer = offer
        registry = Registry(offer) { _ in api }
        resources = OvalEdgeResources(offer, completer: completer) { _ in api }
        prompts = OvalEdgePrompts(offer, completer: completer)
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

    func call(_ tool: String, _ arguments: JSON = [:]) async throws -> Answer {
        try await registry.call(
            tool,
            arguments: arguments.object ?? JSONObject(),
            in: RequestContext(revision: .november2025)
        )
    }

    func read(_ uri: String, _ revision: Revision = .november2025) async throws -> ResourceAnswer? {
        try await resources.read(uri, in: RequestContext(revision: revision))
    }

    func prompt(_ name: String, _ arguments: [String: String]) async throws -> PromptAnswer {
        try await prompts.get(name, arguments: arguments, in: RequestContext(revision: .november2025))
    }

    /// A client in the same process, its handshake done.
    func session(_ revision: Revision = .newestWithHandshake) async throws -> TestSession {
        let info = ServerInfo(name: "test", version: "1", instructions: "Ask.")
        let server = Server(info: info, tools: registry, resources: resources, prompts: prompts, log: .none)
        let session = TestSession(server)
        try await session.open(revision)
        return session
    }
}

extension ToolDefinition {
    /// Definitions of all tools, also of those that are not there yet.
    static let all = ToolName.allCases.map { name in
        Registry.listings.first { $0.definition.name == name.rawValue }?.definition
            ?? ToolDefinition(name: name.rawValue, title: name.rawValue, effect: .reads, summary: "Comes later.")
    }
}

extension JSON {
    /// What a request of 2026-07-28 says of itself.
    static let stateless: JSON = [
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": [:],
    ]
}
