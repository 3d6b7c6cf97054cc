import Settings
import Testing

@Suite struct `What only tests set` {
    private static let values = [
        "OAUTH_TEST_RESOLVE": "a.test=127.0.0.1:8443,b.test=10.0.0.1+8.8.8.8,c.test=fd00::1",
        "OAUTH_TEST_CLOCK_FILE": "/tmp/clock",
    ]

    private func settings(
        commandLine: [String: String] = [:],
        environment: [String: String] = [:],
        listens: Bool = true
    ) throws(SettingsError) -> Settings {
        try Settings.read(version: "1", listens: listens, commandLine: commandLine, environment: environment)
    }

    @Test func `is taken from the command line, and told at each start`() throws {
        let settings = try settings(commandLine: Self.values)
        #expect(
            settings.testing.detours == [
                "a.test": .place("127.0.0.1:8443"), "b.test": .addresses(["10.0.0.1", "8.8.8.8"]),
                "c.test": .addresses(["fd00::1"]),
            ]
        )
        #expect(settings.testing.clockFile == "/tmp/clock")
        #expect(settings.trustWarnings.count { $0.hasPrefix("OAUTH_TEST_") } == 2)
        #expect(!settings.entries.contains { $0.name.hasPrefix("OAUTH_TEST_") })
    }

    @Test func `is not taken from the environment`() throws {
        #expect(try settings(environment: Self.values).testing.isEmpty)
    }

    @Test(arguments: values.keys.sorted())
    func `is refused where other machines reach the server, and by a program that does not listen`(name: String) {
        let one = Self.values.filter { $0.key == name }
        let reachable = ["MCP_HTTP_HOST": "0.0.0.0", "AUTH_MODE": "remote_credentials"]
        #expect { try settings(commandLine: one.merging(reachable) { $1 }) } throws: { error in
            (error as? SettingsError)?.problems.map { $0.name } == [name]
        }
        #expect(throws: SettingsError.self) { try settings(commandLine: one, listens: false) }
    }
}
