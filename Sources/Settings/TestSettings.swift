import Text

/// What only tests set: by `--set` for a server that no other machine reaches, and nowhere else; in no table.
package struct TestSettings: Sendable {
    package enum Detour: Hashable, Sendable {
        /// What is asked in place of the host, `address:port`.
        case place(String)
        /// What the host is said to resolve to.
        case addresses([String])
    }

    /// By host, for metadata documents of clients.
    package private(set) var detours: [String: Detour] = [:]
    /// A file with the seconds by which the clock of sign-ins goes ahead.
    package private(set) var clockFile: String?

    private static let resolve = "OAUTH_TEST_RESOLVE"
    private static let clock = "OAUTH_TEST_CLOCK_FILE"

    init() {}

    /// Takes them out of what the command line sets.
    init(takenFrom commandLine: inout [String: String]) {
        clockFile = commandLine.removeValue(forKey: Self.clock)
        let pairs = commandLine.removeValue(forKey: Self.resolve)?.split(separator: ",") ?? []
        for pair in pairs {
            let host = pair.prefix { $0 != "=" }.trimmed
            let place = pair.dropFirst(host.count + 1).trimmed
            let isPlace = place.count { $0 == ":" } == 1
            detours[host] = isPlace ? .place(place) : .addresses(place.split(separator: "+").map { String($0) })
        }
    }

    package var isEmpty: Bool { detours.isEmpty && clockFile == nil }

    /// The names of those that are set.
    var names: [String] { (detours.isEmpty ? [] : [Self.resolve]) + (clockFile == nil ? [] : [Self.clock]) }

    /// For each start.
    var warnings: [String] {
        names.map { "\($0) is set: it is for tests, and lets anyone on this machine sign in falsely" }
    }

    var problems: [SettingsProblem] {
        names.map { name in
            SettingsProblem(
                name: name,
                what: "is for tests, and this server can be reached from other machines",
                advice: "Leave it out, or write MCP_HTTP_HOST=127.0.0.1."
            )
        }
    }
}
