import Settings
import Testing

@Suite struct `The settings of tools` {
    private static let known = ["asset_explorer", "asset_details", "create_tag", "knowledge_search"]

    private func settings(_ tools: String?, exclude: String? = nil, file: String? = nil) throws -> Settings {
        var environment: [String: String] = [:]
        environment["OVALEDGE_TOOLS"] = tools
        environment["OVALEDGE_TOOLS_EXCLUDE"] = exclude
        let disk = SettingsDisk(file: { _ in file.map { .content(Array($0.utf8), isPrivate: true) } ?? .missing })
        return try Settings.read(
            version: "1",
            tools: Self.known,
            envFile: file == nil ? nil : "a.env",
            environment: environment,
            disk: disk
        )
    }

    @Test(
        arguments: [
            (nil, nil, known), ("*", nil, known), (" ", nil, known),
            ("asset_details", nil, ["asset_details"]),
            ("asset_*, Create_Tag,", nil, ["asset_explorer", "asset_details", "create_tag"]),
            (nil, "create_*", ["asset_explorer", "asset_details", "knowledge_search"]),
            ("asset_*", "asset_explorer", ["asset_details"]),
            ("create_tag", "*", []),
        ] as [(String?, String?, [String])]
    )
    func `allow what is named and not excluded`(tools: String?, exclude: String?, allowed: [String]) throws {
        let settings = try settings(tools, exclude: exclude).tools
        #expect(Self.known.filter(settings.allows) == allowed)
    }

    @Test(
        arguments: [
            ("asset_explorr", "names `asset_explorr`, which is no tool. Did you mean asset_explorer?"),
            (
                "zzz",
                "names `zzz`, which is no tool. There are asset_explorer, asset_details, create_tag, knowledge_search."
            ),
            ("drop_*", "names `drop_*`, which is no tool. There are"),
            ("hunter2hunter2", "names something that is no tool. There are"),
            ("asset details", "must be names separated by commas"),
            ("*_tag", "must be names separated by commas"), (",", "must be names separated by commas"),
        ]
    )
    func `are refused where they name no tool`(text: String, problem: String) throws {
        for (tools, exclude, name) in [(text, nil, "OVALEDGE_TOOLS "), (nil, text, "OVALEDGE_TOOLS_EXCLUDE ")] {
            let error = #expect(throws: SettingsError.self) { _ = try settings(tools, exclude: exclude) }
            let told = error?.problems.first?.description ?? ""
            #expect(told.hasPrefix(name) && told.contains(problem))
        }
    }

    @Test func `are no difference that needs a new start, as all others are`() throws {
        let old = try settings("asset_*", file: "OVALEDGE_USER_SECRET=one-secret\nLOG_LEVEL=info")
        let new = try settings(nil, file: "OVALEDGE_USER_SECRET=new-secret\nLOG_LEVEL=info\nMCP_SERVER_NAME=X")
        #expect(new.differences(from: old) == ["OVALEDGE_USER_SECRET", "MCP_SERVER_NAME"])
        #expect(old.differences(from: old) == [])
    }
}
