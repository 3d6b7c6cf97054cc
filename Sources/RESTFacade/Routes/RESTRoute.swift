import HTTP

/// The paths of the REST interface, below its base (07 §2.1).
enum RESTRoute: Hashable, Sendable {
    case index, health, ready, child, tools, prompts, resources, sessionStart, sessionClose, openAPI, docs
    case tool(String)
    case toolSchema(String)
    case toolStream(String)
    case prompt(String)
    case resource(String)
    case ownSession(id: String, action: String)
    case sessionTool(id: String, tool: String)

    init?(_ steps: [String]) {
        switch steps.count {
        case 0: self = .index
        case 1:
            guard let route = Self.single[steps[0]] else { return nil }
            self = route
        default:
            guard let route = Self.deeper(steps) else { return nil }
            self = route
        }
    }

    private static let single: [String: RESTRoute] = [
        "health": .health, "ready": .ready, "tools": .tools, "prompts": .prompts, "resources": .resources,
        "openapi.json": .openAPI, "docs": .docs,
    ]

    private static func deeper(_ steps: [String]) -> RESTRoute? {
        switch (steps[0], steps.count) {
        case ("healthz", 2): steps[1] == "child" ? .child : nil
        case ("tools", 2): .tool(steps[1])
        case ("tools", 3) where steps[2] == "schema": .toolSchema(steps[1])
        case ("tools", 3) where steps[2] == "stream": .toolStream(steps[1])
        case ("prompts", 2): .prompt(steps[1])
        case ("resources", 2): .resource(steps[1])
        case ("session", 2) where steps[1] == "start": .sessionStart
        case ("session", 2) where steps[1] == "close": .sessionClose
        case ("session", 3) where ["ping", "close"].contains(steps[2]): .ownSession(id: steps[1], action: steps[2])
        case ("session", 4) where steps[2] == "tools": .sessionTool(id: steps[1], tool: steps[3])
        default: nil
        }
    }

    var methods: [HTTPMethod] {
        switch self {
        case .tool: [.get, .post]
        case .toolStream, .prompt, .sessionStart, .sessionClose, .ownSession, .sessionTool: [.post]
        case .index, .health, .ready, .child, .tools, .prompts, .resources, .openAPI, .docs, .toolSchema, .resource:
            [.get]
        }
    }

    /// What says whether all is well, which is open to everyone.
    var isHealth: Bool { [.health, .ready, .child].contains(self) }
}
