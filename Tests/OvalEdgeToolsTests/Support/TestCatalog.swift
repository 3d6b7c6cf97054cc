import HTTP
import JSON
import Logging
import MCP
import OvalEdge
import OvalEdgeTools
import Sandbox
import TestSupport

/// All tools over a pretend OvalEdge.
struct TestCatalog {
    let registry: Registry

    init(_ client: any HTTPClient = SandboxClient()) {
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
        registry = Registry { _ in api }
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
}
