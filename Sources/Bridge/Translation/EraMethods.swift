/// The methods that mean the same in both eras, so that they can cross from one to the other.
enum EraMethods {
    private static let shared: Set<String> = [
        "completion/complete", "prompts/get", "prompts/list", "resources/list", "resources/read",
        "resources/templates/list", "tools/call", "tools/list",
    ]

    static func cross(_ method: String) -> Bool { shared.contains(method) }

    /// Those whose results say how long they may be kept (2026-07-28, server/utilities/caching).
    static func isCacheable(_ method: String) -> Bool {
        switch method {
        case "prompts/list", "resources/list", "resources/read", "resources/templates/list", "server/discover",
            "tools/list":
            true
        default: false
        }
    }

    /// Those that may be sent again, although the first one may have arrived.
    static func isRepeatable(_ method: String) -> Bool {
        method.hasSuffix("/list") || method.hasPrefix("resources/") || method == "prompts/get"
            || method == "completion/complete" || method == "ping"
    }

    /// What 2026-07-28 has no more.
    static func isRemoved(_ method: String) -> Bool {
        switch method {
        case "initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe", "tasks/result",
            "tasks/list":
            true
        default: false
        }
    }
}
