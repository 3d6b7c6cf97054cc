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
    /// Whatever a tool would send, every value of the body is in the preview that a person agrees to.
    ///
    /// The first byte chooses the tool; the others are its arguments.
    static let previews = FuzzTarget("previews") { bytes in
        var dice = Dice(bytes)
        let tools = Registry.tools.compactMap { tool in tool.writing }
        let tool = tools[Int(dice.byte()) % tools.count]
        guard let given = (try? JSON(parsing: Array(dice.rest)))?.object else { return }
        var input = Arguments(given, of: tool.definition.name)
        let call = tool.init(&input)
        guard input.mistakes.isEmpty else { return }
        let context = RequestContext(revision: .november2025)
        guard case .write(let write)? = try? await call.plan(from: sandbox, in: context) else { return }
        let preview = words(of: write.preview)
        for (name, value) in leaves(write.request.body ?? .null) {
            let text = value.string ?? value.text
            let isShown = [text, text.split { $0.isNewline }.joined(separator: " / ")].contains { text in
                preview.contains(words(of: Untrusted.cleaned(text)))
            }
            try hold(isShown, "The preview of \(write.target) does not show \(name): \(write.preview)")
        }
    }

    private static let sandbox: OvalEdgeAPI = {
        let client = SandboxClient()
        let configuration = OvalEdgeConfiguration(baseURL: Sandbox.baseURL, timeZone: "UTC")
        let credentials = Credentials(userToken: Secret(Sandbox.userToken), userSecret: Secret(Sandbox.userSecret))
        let exchange = TokenExchange(configuration, credentials: credentials, client: client, redactor: Redactor())
        let broker = TokenBroker(exchange, log: .none)
        return OvalEdgeAPI(configuration, client: client, broker: broker, remedies: .named, log: .none)
    }()

    /// Letters and digits, between spaces: how a preview escapes and breaks a text is its own affair.
    private static func words(of text: String) -> String {
        " " + text.filter { $0 != "\\" }.split { !$0.isLetter && !$0.isNumber }.joined(separator: " ") + " "
    }

    private static func leaves(_ json: JSON, _ name: String = "") -> [(String, JSON)] {
        switch json {
        case .object(let object): object.members.flatMap { leaves($0.value, $0.name) }
        case .array(let items): items.flatMap { leaves($0, name) }
        case .null: []
        case .bool, .number, .string: [(name, json)]
        }
    }
}
