package import JSON
import Text

extension DeepLink {
    /// The address for this entry; nil where the client's links do not know such a thing.
    package func address(_ launch: ServerLaunch, _ entry: JSONObject) -> String? {
        let name = PercentEncoding.encoded(launch.name)
        let json = JSON.object(entry)
        switch self {
        case .base64(let start):
            return "\(start)?name=\(name)&config=\(PercentEncoding.encoded(Base64.encoded(json.text)))"
        case .object(let start):
            var named: JSON = ["name": .string(launch.name)]
            for member in entry.members { named[member.name] = member.value }
            return "\(start)?\(PercentEncoding.encoded(named.text))"
        case .encoded(let start): return "\(start)?name=\(name)&config=\(PercentEncoding.encoded(json.text))"
        case .map(let start):
            let map: JSON = ["mcpServers": .object(JSONObject([.init(launch.name, json)]))]
            return "\(start)?servers=\(PercentEncoding.encoded(Base64.encoded(map.text)))"
        case .words(let start): return start + "?" + Self.words(launch)
        }
    }

    private static func words(_ launch: ServerLaunch) -> String {
        let parts: [(String, String)]
        switch launch.way {
        case .process(let command, let arguments, _):
            parts = [("cmd", command)] + arguments.map { ("arg", $0) }
        case .address(let url): parts = [("url", url), ("type", "streamable_http")]
        }
        let names = [("id", launch.name), ("name", launch.name), ("description", "OvalEdge data catalog")]
        return (parts + names).map { "\($0.0)=\(PercentEncoding.encoded($0.1))" }.joined(separator: "&")
    }
}
