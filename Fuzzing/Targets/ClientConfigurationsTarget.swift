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
        let kept =
            zip(old, new).prefix { $0 == $1 }.count + zip(old.reversed(), new.reversed()).prefix { $0 == $1 }.count
        try hold(kept >= old.count, "A byte that was there has changed.")
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
