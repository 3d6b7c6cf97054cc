import Files
import JSON
import TestSupport
import Testing

@testable import ClientConfiguration

@Suite struct `A change of a client's file` {
    private let place = TemporaryDirectory()
    private let client: ClientProgram
    private let entry: ClientEntry
    private let old = Array("{\"mcpServers\": {}}\n".utf8)

    init() throws {
        client = try #require(ClientProgram.named("cursor"))
        entry = try #require(client.shape.entry(`A configuration as people have it`.launch))
    }

    private var path: String { place.path + "/mcp.json" }
    private var store: InstallStore { InstallStore(backups: place.path + "/backups", notes: place.path + "/notes") }
    private var planner: InstallPlanner {
        InstallPlanner(client, name: "ovaledge", program: "oe-mcp", isForced: false)
    }

    private func plan() throws -> InstallPlan { try planner.install(entry, in: try ForeignFile(path), nil) }

    private func again(_ file: ForeignFile) throws -> InstallPlan { try planner.install(entry, in: file, nil) }

    private func hasEntry() throws -> Bool {
        try client.format.entry(in: place.contents("mcp.json"), at: client.path(of: "ovaledge")) != nil
    }

    @Test func `is shown with each word of ours, even where another entry has the same`() throws {
        let words = entry.own.flatMap { [$0.value.string] + ($0.value.array ?? []).map { $0.string } }.compactMap { $0 }
        let variables = words.enumerated().map { "      \"A\($0)\": \(JSON.string($1).text)" }
        let far = "    \"far\": {\n      \"env\": {\n\(variables.joined(separator: ",\n"))\n      }\n    }\n"
        place.write(Array("{\n  \"mcpServers\": {\n\(far)  }\n}\n".utf8), to: "mcp.json")
        let added = try plan().difference.split(separator: "\n").filter { $0.hasPrefix("+") }.joined(separator: "\n")
        try #require(!words.isEmpty)
        for word in words { #expect(added.contains(JSON.string(word).text)) }
        #expect(!added.contains("••••"))
    }

    /// Acceptance check 19.
    @Test(arguments: ForeignFile.Step.allCases)
    func `leaves the old file or the new one, whichever step fails`(step: ForeignFile.Step) throws {
        place.write(old, to: "mcp.json")
        #expect(throws: FileError.self) {
            try plan().carry(out: store, stamp: "1", again: again) { (at) throws(FileError) in
                if at == step { throw FileError("stopped") }
            }
        }
        #expect(try place.contents("mcp.json") == old || step == .done && hasEntry())
        #expect(place.names() == ["backups", "mcp.json", "notes"])
        #expect(try plan().carry(out: store, stamp: "2", again: again).isChange == (step != .done))
        #expect(try hasEntry())
    }

    @Test func `says what was done where only the note of it fails`() throws {
        place.write(old, to: "mcp.json")
        let error = #expect(throws: FileError.self) {
            try plan().carry(out: store, stamp: "1", again: again) { (at) throws(FileError) in
                if at == .done { throw FileError("stopped") }
            }
        }
        #expect(try hasEntry())
        #expect(error?.description.hasPrefix("the entry is added") == true && error?.remedy != nil)
    }

    /// Acceptance check 17.
    @Test func `is planned again where another program has written meanwhile, and keeps what that wrote`() throws {
        place.write(old, to: "mcp.json")
        var isFirst = true
        let other = Array("{\"mcpServers\": {\"other\": {\"command\": \"x\"}}}\n".utf8)
        let done = try plan().carry(out: store, stamp: "1", again: again) { step in
            guard step == .compared, isFirst else { return }
            isFirst = false
            place.write(other, to: "mcp.json")
        }
        #expect(done.action == .added)
        let servers = try client.format.entry(in: place.contents("mcp.json"), at: ["mcpServers"])
        #expect(servers?.object?.names == ["other", "ovaledge"])
    }

    @Test func `is given up where the file never stays the same`() throws {
        place.write(old, to: "mcp.json")
        var count = 0
        #expect(throws: FileError.self) {
            try plan().carry(out: store, stamp: "1", again: again) { step in
                guard step == .compared else { return }
                count += 1
                place.write(old + [UInt8](repeating: 0x20, count: count), to: "mcp.json")
            }
        }
        #expect(count == 3)
        #expect(place.names() == ["backups", "mcp.json", "notes"])
    }

    /// Acceptance check 21, where something else has changed in between.
    @Test func `is taken back from the text itself where the file has changed since`() throws {
        place.write(Array("{\n  \"theme\": 1\n}\n".utf8), to: "mcp.json")
        _ = try plan().carry(out: store, stamp: "1", again: again)
        let installed = String(decoding: place.contents("mcp.json"), as: UTF8.self)
        place.write(Array(installed.split(separator: "1", maxSplits: 1).joined(separator: "2").utf8), to: "mcp.json")
        let file = try ForeignFile(path)
        let record = try #require(store.record(file.realPath, "ovaledge"))
        #expect(store.original(record, of: file) == nil)
        let removal = try planner.uninstall(from: file, record, original: nil)
        #expect(removal.after == Array("{\n  \"theme\": 2\n}\n".utf8))
    }

    @Test func `keeps the last ten copies`() throws {
        for number in 10..<25 {
            place.write(Array("{\"a\": \(number)}".utf8), to: "mcp.json")
            _ = try store.backUp(try ForeignFile(path), of: client, stamp: "\(number)")
        }
        #expect(place.names(in: "backups/cursor").count == 10)
        #expect(try store.newestBackup(try ForeignFile(path), of: client) == Array("{\"a\": 24}".utf8))
    }

    @Test func `is shown as diff shows it`() {
        let text = TextDifference.unified(
            Array("a\nb\nc\nd\ne\nf\n".utf8),
            Array("a\nb\nc\nX\nd\ne\nf\n".utf8),
            path: "p"
        )
        #expect(text == "--- p\n+++ p\n@@ -1,6 +1,7 @@\n a\n b\n c\n+X\n d\n e\n f")
        #expect(TextDifference.unified(nil, [], path: "p") == "--- /dev/null\n+++ p\n@@ -0,0 +0,0 @@")
        #expect(TextDifference.unified([0x61], [0x61], path: "p") == "")
    }
}
