import JSON
import JSONRPC
import MCP
import MCPClient

/// What a client of 2026-07-28 asks to be notified of (`notifications` of `subscriptions/listen`).
struct ListenFilter: Hashable {
    private static let lists = [
        ("toolsListChanged", "tools"), ("promptsListChanged", "prompts"), ("resourcesListChanged", "resources"),
    ]
    private static let uris = "resourceSubscriptions"

    /// `tools`, `prompts`, `resources`.
    private(set) var kinds: [String] = []
    private(set) var resources: [String] = []
    /// Members that extensions define.
    private(set) var others = JSONObject()

    init(_ json: JSON?) throws(RPCError) {
        guard case .object(let members)? = json else { throw .invalidParams("`notifications` must be an object.") }
        for member in members.members {
            if let list = Self.lists.first(where: { $0.0 == member.name }) {
                guard let isWanted = member.value.bool else {
                    throw .invalidParams("`notifications.\(member.name)` must be true or false.")
                }
                if isWanted { kinds.append(list.1) }
            } else if member.name == Self.uris {
                guard let texts = member.value.array?.map({ $0.string }), !texts.contains(nil) else {
                    throw .invalidParams("`notifications.\(Self.uris)` must be a list of texts.")
                }
                resources = texts.compactMap { $0 }
            } else {
                others[member.name] = member.value
            }
        }
    }

    /// What is left of it with a server of these capabilities.
    func honoured(by server: RemoteServer) -> ListenFilter {
        var honoured = self
        let capabilities = server.capabilities
        honoured.kinds = kinds.filter { capabilities[$0]?["listChanged"] == true }
        if capabilities["resources"]?["subscribe"] != true { honoured.resources = [] }
        if !server.revision.isStateless { honoured.others = JSONObject() }
        return honoured
    }

    /// Whether nothing has to be sent to the server for it.
    var isQuick: Bool { resources.isEmpty && others.isEmpty }

    /// As the client wrote it; what is not honoured is left out.
    var json: JSON {
        let kinds = Self.lists.filter { self.kinds.contains($0.1) }.map { JSONObject.Member($0.0, true) }
        let uris = resources.isEmpty ? [] : [JSONObject.Member(Self.uris, .strings(resources))]
        return .object(JSONObject(kinds + uris + others.members))
    }

    func includes(_ notification: Notification) -> Bool {
        switch notification.method {
        case "notifications/tools/list_changed": kinds.contains("tools")
        case "notifications/prompts/list_changed": kinds.contains("prompts")
        case "notifications/resources/list_changed": kinds.contains("resources")
        case "notifications/resources/updated":
            // A server may name a part of what was asked for (2026-07-28, basic/patterns/subscriptions).
            notification.params?["uri"]?.string.map { uri in resources.contains { uri.hasPrefix($0) } } ?? false
        default: false
        }
    }
}
