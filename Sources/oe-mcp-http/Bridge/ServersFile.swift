import Bridge
import Commands
import HTTP
import JSON
import JSONRPC
import Logging
import MCPClient
import Settings
import Text

/// A server that a bridge stands before.
struct ServerEntry: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case remote(url: String)
        case child(command: String, arguments: [String], variables: [NamedSecret], folder: String?)
    }

    var name: String
    var kind: Kind
    var fields: HTTPFields = [:]
    /// Its own token, which counts more than that of the settings.
    var bearer: Secret?
    /// Whether it gets no token at all: `"auth": "none"`.
    var hasNoToken = false
    /// Patterns of its tools; nil for those of the settings.
    var included: [String]?
    var excluded: [String] = []
    var isDisabled = false

    var isChild: Bool { if case .child = kind { true } else { false } }

    /// The one of the settings.
    static func settings(_ settings: Settings) -> ServerEntry {
        if let server = settings.remote.server { return ServerEntry(name: "remote", kind: .remote(url: server.text)) }
        let child = settings.bridge.child
        return ServerEntry(
            name: "local",
            kind: .child(
                command: child.command.first ?? "",
                arguments: Array(child.command.dropFirst()),
                variables: child.variables,
                folder: nil
            )
        )
    }
}

/// A file of servers in the form that clients use: `{"mcpServers": {"name": {"url": …}}}`.
struct ServersFile {
    let entries: [ServerEntry]

    init(_ path: String, _ settings: Settings) throws(SettingsError) {
        try self.init(
            path,
            allowsHTTP: settings.remote.connection.allowsHTTP,
            environment: Environment.variables
        )
    }

    /// `allowsHTTP` where tokens may travel unencrypted to another machine.
    init(_ path: String, allowsHTTP: Bool, environment: [String: String]) throws(SettingsError) {
        let file = SettingsFile.onDisk(path)
        guard case .content(let bytes, _) = file else {
            throw Self.problem(path, "names a file that \(file.obstacle)", file.advice)
        }
        let json: JSON
        do throws(JSONSyntaxError) {
            json = try JSON(parsing: bytes)
        } catch {
            throw Self.problem(path, "is not JSON: \(error)", "Correct it.")
        }
        guard !json.repeatsNames else {
            throw Self.problem(path, "has a name twice in one object", "Give each a name of its own.")
        }
        guard let servers = json["mcpServers"]?.object, !servers.isEmpty else {
            throw Self.problem(
                path,
                "has no servers in mcpServers",
                #"Write {"mcpServers": {"name": {"url": "https://…"}}}."#
            )
        }
        var problems: [SettingsProblem] = []
        entries = servers.members.compactMap { member in
            do throws(EntryReader.Fault) {
                let reader = try EntryReader(
                    json: member.value,
                    allowsHTTP: allowsHTTP,
                    environment: environment
                )
                return try reader.entry(member.name)
            } catch {
                problems.append(
                    SettingsProblem(name: "\(path): \(member.name)", what: error.what, advice: error.advice)
                )
                return nil
            }
        }
        if !problems.isEmpty { throw SettingsError(problems: problems) }
    }

    private static func problem(_ path: String, _ what: String, _ advice: String) -> SettingsError {
        SettingsError(problems: [SettingsProblem(name: path, what: what, advice: advice)])
    }

    static func openChildren(_ path: String?) -> SettingsError {
        problem(
            path ?? "MCP_SERVER_COMMAND",
            "starts servers of this machine for others who reach this port",
            "Set BRIDGE_API_KEY, or MCP_BRIDGE_ALLOW_OPEN=true if that is meant."
        )
    }
}
