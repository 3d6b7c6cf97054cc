import Settings
import Testing

@Suite struct `The table of settings` {
    @Test func `shows value, origin and sentence of every setting`() throws {
        let settings = try Settings.read(
            version: "1.2.3",
            commandLine: ["LOG_LEVEL": "error"],
            envFile: "a.env",
            environment: ["OVALEDGE_USER_SECRET": "hunter2"],
            disk: SettingsDisk(file: { _ in .content(Array("OVALEDGE_MAX_RETRIES=5".utf8), isPrivate: true) })
        )
        let lines = SettingsTable(settings.entries).terminal.split(separator: "\n")
        #expect(lines.count == settings.entries.count)
        func fields(_ name: String) -> [Substring] {
            lines.first { $0.hasPrefix("\(name) ") }?.split(separator: " ").prefix(4).map { $0 } ?? []
        }
        #expect(fields("LOG_LEVEL") == ["LOG_LEVEL", "error", "command", "line"])
        #expect(fields("OVALEDGE_USER_SECRET") == ["OVALEDGE_USER_SECRET", "••••", "environment", "Secret"])
        #expect(fields("OVALEDGE_MAX_RETRIES") == ["OVALEDGE_MAX_RETRIES", "5", "a.env", "Maximum"])
        #expect(fields("OVALEDGE_TIMEOUT_SECONDS") == ["OVALEDGE_TIMEOUT_SECONDS", "30", "default", "Seconds"])
        #expect(fields("OVALEDGE_BASE_URL") == ["OVALEDGE_BASE_URL", "—", "not", "set"])
    }

    @Test func `aligns the columns, whatever the values`() throws {
        let long = "https://" + String(repeating: "x", count: 60)
        let settings = try Settings.read(version: "1", environment: ["OVALEDGE_BASE_URL": long])
        let lines = SettingsTable(settings.entries).terminal.split(separator: "\n")
        let starts = zip(lines, settings.entries).map { line, entry in
            line.count - entry.about.count - (entry.value == long ? long.count - 44 : 0)
        }
        #expect(Set(starts).count == 1)
    }

    @Test func `says what could not be used`() throws {
        let error = #expect(throws: SettingsError.self) {
            try Settings.read(version: "1", environment: ["LOG_LEVEL": "loud"])
        }
        let table = SettingsTable(error?.entries ?? []).terminal
        #expect(table.contains("environment, not usable"))
        #expect(!table.contains("loud"))
    }

    @Test(arguments: ["OVALEDGE_TOOLS", "OVALEDGE_TOOLS_EXCLUDE"])
    func `shows nothing that was only found out afterwards not to be usable`(name: String) {
        let error = #expect(throws: SettingsError.self) {
            try Settings.read(version: "1", tools: ["asset_explorer"], environment: [name: "hunter2hunter2"])
        }
        #expect(error.map { !SettingsTable($0.entries).terminal.contains("hunter2") } == true)
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test func `writes an example that is itself a good file`() throws {
        let entries = Settings.described(version: "1.2.3")
        let example = SettingsTable(entries).envExample
        let file = DotEnv(parsing: Array(example.utf8))
        #expect(file.badLines.isEmpty)
        #expect(
            file.assignments.map { $0.name } == ["OVALEDGE_BASE_URL", "OVALEDGE_USER_TOKEN", "OVALEDGE_USER_SECRET"]
        )
        #expect(file.assignments.allSatisfy { $0.value.isEmpty })
    }

    @Test func `writes an example whose comments are good settings too`() throws {
        let example = SettingsTable(Settings.described(version: "1.2.3")).envExample
        let lines = example.split(separator: "\n").map { line in
            line.hasPrefix("# ") && line.dropFirst(2).contains("=") && !line.dropFirst(2).contains(" --")
                ? line.dropFirst(2) : line
        }
        // A secret stands either in a setting or in a file.
        let opened = lines.filter { DotEnv(parsing: Array($0.utf8)).badLines.isEmpty && !$0.contains("/run/secrets/") }
            .joined(separator: "\n")
        let settings = try Settings.read(
            version: "1.2.3",
            envFile: "a.env",
            disk: SettingsDisk(file: { _ in .content(Array(opened.utf8), isPrivate: true) })
        )
        #expect(settings.entries.filter { $0.origin == .file("a.env") }.count > 20)
        #expect(settings.warnings.isEmpty && settings.trustWarnings.isEmpty)
    }

    @Test func `does not depend on the version or on what is set`() {
        let one = SettingsTable(Settings.described(version: "1.2.3"))
        let other = SettingsTable(Settings.described(version: "9.9.9"))
        #expect(one.envExample == other.envExample)
    }
}

@Suite struct `Every setting` {
    @Test(arguments: Settings.described(version: "1"))
    func `has a name in capitals and one sentence`(entry: SettingEntry) {
        #expect(entry.name == entry.name.uppercased())
        #expect(entry.about.hasSuffix("."))
        #expect(entry.about.count <= 120)
        #expect(!entry.heading.isEmpty)
        #expect(entry.isSecret || entry.defaultText != nil || !entry.example.isEmpty)
    }

    @Test func `has a name of its own`() {
        let names = Settings.described(version: "1").map { $0.name }
        #expect(Set(names).count == names.count)
    }
}
