import ClientConfiguration
import Commands
import JSON
import MCP
import OvalEdgeTools
import Settings

extension Program {
    private typealias Candidate = CommandLineCompletion.Candidate

    /// The names that a person may type and no table of options has.
    static func words(for place: CommandLineCompletion.Place) -> [CommandLineCompletion.Candidate] {
        switch (place.placeholder, place.option) {
        case ("TOOL", nil): OvalEdgeTools.Registry.tools.map { Candidate($0.definition.name, $0.definition.title) }
        case ("KEY=VALUE", nil) where place.command == "call": arguments(place)
        case ("CLIENT", nil):
            ClientProgram.all.map { Candidate($0.id, $0.name) }.filter { !place.operands.contains($0.text) }
        case ("NAME", "client") where place.command == "setup":
            SetupRequest.clients.map { Candidate($0.id, $0.name) } + [Candidate("all"), Candidate("none")]
        case ("WHERE", "keep"): SecretPlace.allCases.map { Candidate($0.rawValue, $0.about) }
        case ("NAME", "profile") where !signIns.contains(place.command ?? ""): profiles
        default: []
        }
    }

    /// The commands whose `--profile` names a sign-in at a remote server.
    private static let signIns = ["bridge", "remote", "login", "logout"]

    private static var profiles: [Candidate] { ProfileFolder.ofThisUser.names().map { Candidate($0.text) } }

    /// The arguments of the tool that is named, or what the one may be that is begun.
    private static func arguments(_ place: CommandLineCompletion.Place) -> [Candidate] {
        let tool = OvalEdgeTools.Registry.tools.first { $0.definition.name == place.operands.first }
        let properties = tool?.inputSchema["properties"]?.object?.members ?? []
        guard place.beginning.contains("=") else { return properties.map { Candidate("\($0.name)=") } }
        return properties.filter { place.beginning.hasPrefix("\($0.name)=") }.flatMap { property in
            let schema = property.value
            let words = (schema["enum"] ?? schema["items"]?["enum"])?.array?.compactMap { $0.string }
            let choices = words ?? (schema["type"] == "boolean" ? ["true", "false"] : [])
            return choices.map { Candidate("\(property.name)=\($0)") }
        }
    }
}
