import Settings
import Testing

/// One word for one idea: what a search for a name finds is what it names.
@Suite struct `The vocabulary` {
    private let sources: [SourceText]

    init() throws {
        sources = try House.files(in: "Sources", ".swift").map { try SourceText($0) }
        try #require(sources.count > 50, "The sources were not found.")
    }

    /// Programs are imported by none; each has its `Main`.
    @Test func `has no type of one name in two targets`() {
        var targets: [String: Set<Substring>] = [:]
        let declaration =
            /^(?!private |fileprivate )(?:@\w+ |\w+ )*(?:class|struct|enum|actor|protocol|typealias) (\w+)/
        for source in sources {
            let target = source.path.split(separator: "/")[1]
            for line in source.code {
                guard let match = line.firstMatch(of: declaration), match.output.1 != "Main" else { continue }
                targets[String(match.output.1), default: []].insert(target)
            }
        }
        #expect(targets.count > 300)
        #expect(targets.filter { $0.value.count > 1 }.keys.sorted() == [], "Give the newer one a name of its own.")
    }

    /// A name that is declared everywhere says nothing, and "jump to definition" becomes a menu.
    @Test func `gives no name to more than one function in a hundred`() {
        let everywhere: Set = ["decode", "encode", "hash", "read", "write"]
        var counts: [String: Int] = [:]
        for line in sources.flatMap({ $0.code }) {
            for match in line.matches(of: /\bfunc (\w+)/) { counts[String(match.output.1), default: 0] += 1 }
        }
        #expect(counts.count > 500)
        let most = counts.values.reduce(0, +) / 100
        let common = counts.filter { $0.value > most && !everywhere.contains($0.key) }.keys.sorted()
        #expect(common == [], "Say in the name what the function does to what.")
    }

    /// An error says what to do as a `Remedy`: a remote user has no setting to change.
    @Test func `has the names of settings and options in the programs alone`() throws {
        let settings = Settings.described(version: "").map { $0.name }
        try #require(settings.contains("SSL_CERT_FILE") && settings.contains("NO_PROXY"), "\(settings)")
        let others = try [".c", ".h"].flatMap { try House.files(in: "Sources", $0) }.map { try SourceText($0) }
        let below = (sources + others).filter { source in
            !["Sources/oe-mcp", "Sources/Commands/", "Sources/Settings/"].contains { source.path.hasPrefix($0) }
        }
        #expect(below.count > 400)
        #expect(
            below.flatMap { Self.places(of: settings, in: $0) } == [],
            "Hand the value down as a parameter; for what to do, add a case to `Remedy` and its sentence to Commands."
        )
    }

    @Test(arguments: ["set OVALEDGE_FOO", "SSL_CERT_FILE", "say --env-file here", "(HTTPS_PROXY)", "MCP_MAX"])
    func `knows a setting when it sees one`(text: String) {
        let source = SourceText("A.swift", "throw Bad(\"\(text)\")")
        #expect(Self.places(of: ["SSL_CERT_FILE", "HTTPS_PROXY"], in: source) == ["A.swift:1"])
        #expect(Self.places(of: [], in: SourceText("A.swift", "let a = 1  // \(text)")) == [])
    }

    /// The lines with the name of a setting, or what looks like one, between quotes.
    private static func places(of settings: [String], in source: SourceText) -> [String] {
        let shape = /\b(?:OVALEDGE|MCP|OE_MCP)_[A-Z]|(?:^|[\s`(])--[a-z]/.simple
        return zip(1..., source.words)
            .filter { _, words in
                words.quoted.contains(shape)
                    || words.quoted.split { !$0.isLetter && $0 != "_" }.contains { settings.contains(String($0)) }
            }
            .map { number, _ in "\(source.path):\(number)" }
    }

    /// What an error is, is asked of its kind or its cause; its sentences are for readers.
    @Test func `decides nothing by the words of its own sentences`() {
        let search =
            /\b(?:what|why|advice|problem|description|sentence|explanation)\)?[?!]?\.(?:hasPrefix|hasSuffix|contains|starts|lowercased|firstMatch|ranges)\b/
        #expect(sources.flatMap { $0.places(of: search) } == [])
    }
}
