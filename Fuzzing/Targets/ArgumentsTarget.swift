import HTTP
import JSON
import Logging
import MCP
import OvalEdge
import OvalEdgeTools
import Rendering
import Sandbox
import Writes

extension FuzzTarget {
    /// Every tool takes any arguments, and any reply of the product, and has an answer.
    ///
    /// The first byte chooses the tool, and whether the sandbox replies or the second half of the input does.
    static let arguments = FuzzTarget("arguments") { bytes in
        var dice = Dice(bytes)
        let choice = Int(dice.byte())
        let parts = dice.rest.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
        let tool = Registry.tools[choice % Registry.tools.count].definition.name
        let given = (parts.first.flatMap { try? JSON(parsing: Array($0)) })?.object ?? JSONObject()
        let reply = parts.count > 1 ? Array(parts[1]) : nil
        let context = RequestContext(revision: .november2025)
        let answer = try await registry(over: reply).call(tool, arguments: given, in: context)
        try hold(!answer.text.isEmpty, "\(tool) has nothing to say.")
        try hold(answer.isFailure || answer.structured?.object != nil, "\(tool) has no object for programs.")
        try hold(Untrusted.cleaned(answer.text) == answer.text, "\(tool) shows what cannot be seen: \(answer.text)")
    }

    private static func registry(over reply: [UInt8]?) -> Registry {
        let client: any HTTPClient = reply.map { OneReply(body: $0) } ?? sandbox
        let configuration = OvalEdgeConfiguration(baseURL: Sandbox.baseURL, timeZone: "UTC")
        let credentials = Credentials(userToken: Secret(Sandbox.userToken), userSecret: Secret(Sandbox.userSecret))
        let exchange = TokenExchange(configuration, credentials: credentials, client: client, redactor: Redactor())
        let broker = TokenBroker(exchange, log: .none)
        let api = OvalEdgeAPI(configuration, client: client, broker: broker, remedies: .named, log: .none)
        let account = Account(digest: { "fuzzing" }, remedies: .named, log: .none) { () throws(OvalEdgeError) in api }
        return Registry(OneAccount(account, access: ToolAccess(allowing: Set(WriteFamily.allCases))))
    }

    private static let sandbox = SandboxClient()
}

extension RemedyTexts {
    /// A remedy that is no sentence by its name.
    static let named = RemedyTexts { remedy in
        if case .text(let sentence) = remedy { sentence } else { "Remedy: \(remedy)." }
    }
}

/// Signs anyone in, and gives the same reply to everything else.
private struct OneReply: HTTPClient {
    let body: [UInt8]

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        let isSignIn = request.url.hasSuffix(TokenExchange.path)
        let body = isSignIn ? Array(#"{"token":"e30.e30.c2ln"}"#.utf8) : body
        return HTTPResponse(.ok, fields: ["Content-Type": "application/json"], body: body)
    }
}
