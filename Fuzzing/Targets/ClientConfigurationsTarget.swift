import ClientConfiguration
import JSON

extension FuzzTarget {
    /// A configuration is refused, or has the entry and all its own bytes afterwards, and loses nothing with the entry.
    static let clientConfigurations = FuzzTarget("client-configurations") { bytes in
        var dice = Dice(bytes)
        let (format, map) = formats[Int(dice.byte()) % formats.count]
        let old = Array(dice.rest)
        let path = [map, "ovaledge"]
        let isThere = (try? format.entry(in: old, at: path)) != nil
        guard !isThere, let new = try? format.adding(entry, to: old, at: path) else { return }
        try hold(try format.entry(in: new, at: path) == .object(entry), "The entry is not there.")
        // A comma may go before a comment, and the entry behind it.
        var left = old[...]
        for byte in new where byte == left.first { left.removeFirst() }
        try hold(left.isEmpty, "A byte that was there is lost.")
        let rest = try format.removing(path, from: new, withMap: true)
        try hold((try? format.entry(in: rest, at: path)) == .some(nil), "The entry is still there.")
    }

    private static let formats: [(ConfigurationFormat, map: String)] = [
        (.json, "mcpServers"), (.jsonc, "servers"), (.toml, "mcp_servers"), (.yaml, "extensions"),
    ]

    private static let entry = JSONObject([
        JSONObject.Member("command", "/usr/bin/oe-mcp"), JSONObject.Member("args", ["--profile", "default"]),
    ])
}
