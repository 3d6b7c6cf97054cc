import Files
import JSON
import TestSupport
import Testing

@testable import ClientConfiguration

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Configurations as people have them, in `Corpus`: the name says whose they are, and what is special about them.
enum Corpus {
    struct Sample: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let client: ClientProgram
        let bytes: [UInt8]
    }

    static let good = samples(in: "good")
    static let broken = samples(in: "broken")

    private static func samples(in folder: String) -> [Sample] {
        let path = #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/Corpus/\(folder)"
        guard let listing = opendir(path) else { return [] }
        defer { closedir(listing) }
        var names: [String] = []
        while let entry = readdir(listing) {
            names.append(
                withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            )
        }
        return names.sorted().compactMap { name in
            guard let id = name.split(separator: ".").first?.split(separator: "-").map({ String($0) }),
                let client = (1...id.count).lazy.compactMap({ ClientProgram.named(id[..<$0].joined(separator: "-")) })
                    .last,
                let file = try? ForeignFile("\(path)/\(name)")
            else { return nil }
            return Sample(testDescription: name, client: client, bytes: file.bytes ?? [])
        }
    }
}

@Suite struct `A configuration as people have it` {
    static let launch = ServerLaunch(
        name: "ovaledge",
        way: .process(command: "/usr/bin/oe-mcp", arguments: ["--option", "a \"b\" $c %d é"])
    )

    private let place = TemporaryDirectory()

    private func store() -> InstallStore {
        InstallStore(backups: place.path + "/backups", notes: place.path + "/notes")
    }

    private func planner(_ client: ClientProgram) -> InstallPlanner {
        InstallPlanner(client, name: "ovaledge", program: "oe-mcp", isForced: false)
    }

    @Test func `is there sixty times at least, and broken in twenty ways`() {
        #expect(Corpus.good.count >= 60)
        #expect(Corpus.broken.count >= 20)
        #expect(Set(Corpus.good.map { $0.client.format }) == [.json, .jsonc, .toml, .yaml])
    }

    @Test(arguments: Corpus.good)
    func `gets the entry, keeps all other bytes, and is what it was once the entry has gone`(
        sample: Corpus.Sample
    ) throws {
        let (client, path) = (sample.client, place.path + "/file")
        place.write(sample.bytes, to: "file")
        let entry = try #require(client.shape.entry(Self.launch))
        let (planner, store) = (planner(client), store())
        let plan = try planner.install(entry, in: try ForeignFile(path), nil)
        #expect(plan.action == .added)
        let done = try plan.carry(out: store, stamp: "1") { try planner.install(entry, in: $0, nil) }
        let after = try #require(done.after)
        #expect(try ForeignFile(path).bytes == after)
        #expect(isSubsequence(sample.bytes, of: after))
        let found = try #require(try client.format.entry(in: after, at: client.path(of: "ovaledge")))
        for member in entry.whole.members { #expect(found[member.name] == member.value || client.format == .toml) }

        let record = store.record(try ForeignFile(path).realPath, "ovaledge")
        let again = try planner.install(entry, in: try ForeignFile(path), record)
        #expect(again.action == .unchanged && again.difference.isEmpty)

        let file = try ForeignFile(path)
        let removal = try planner.uninstall(from: file, record, original: store.original(record, of: file))
        #expect(removal.after == sample.bytes)
        // Without the copy, from what the text says alone.
        let byHand = try planner.uninstall(from: file, record, original: nil)
        #expect((byHand.after == sample.bytes) != Self.loses.contains(sample.testDescription))
    }

    /// Where the end of a line or white space between braces cannot be known from the text alone.
    private static let loses: Set = [
        "claude-desktop--empty.json", "claude-desktop--white-space.json", "claude-desktop--braces-apart.json",
        "codex--no-final-newline.toml",
        "goose--no-final-newline.yaml", "vscode--only-comment.json",
        "vscode--only-comment-no-newline.json",
    ]

    @Test(arguments: Corpus.broken)
    func `is left alone where it cannot be understood, and says why`(sample: Corpus.Sample) throws {
        let path = place.path + "/file"
        place.write(sample.bytes, to: "file")
        let entry = try #require(sample.client.shape.entry(Self.launch))
        #expect(throws: (any Error).self) {
            try planner(sample.client).install(entry, in: try ForeignFile(path), nil)
        }
        #expect(place.contents("file") == Array(sample.bytes.prefix(1 << 16)))
    }

    @Test(arguments: Corpus.good)
    func `keeps what a person adds to the entry when another command is installed`(sample: Corpus.Sample) throws {
        let (format, path) = (sample.client.format, sample.client.path(of: "ovaledge"))
        let entry = try #require(sample.client.shape.entry(Self.launch))
        var bytes = try format.adding(entry.whole, to: sample.bytes, at: path)
        bytes = try format.changing([.init("mine", "kept")], stale: [], in: bytes, at: path)
        place.write(bytes, to: "file")
        let other = ServerLaunch(name: "ovaledge", way: .process(command: "/opt/oe-mcp", arguments: []))
        let changed = try #require(sample.client.shape.entry(other))
        let plan = try planner(sample.client).install(changed, in: try ForeignFile(place.path + "/file"), nil)
        #expect(plan.action == .changed)
        let found = try #require(try format.entry(in: plan.after ?? [], at: path))
        #expect(found["mine"] == "kept")
        #expect(FoundEntry(found).command == "/opt/oe-mcp" && FoundEntry(found).arguments == [])
    }

    private func isSubsequence(_ part: [UInt8], of whole: [UInt8]) -> Bool {
        var rest = part[...]
        for byte in whole where rest.first == byte { rest.removeFirst() }
        return rest.isEmpty
    }
}
