import Text

/// Which of the tools are offered.
package struct ToolSettings: Hashable, Sendable {
    package static let names = ["OVALEDGE_TOOLS", "OVALEDGE_TOOLS_EXCLUDE"]

    private let included: NamePatterns?
    private let excluded: NamePatterns?

    /// `known` has the names of all tools; a pattern that means none of them is a problem.
    init(_ reader: inout SettingsReader, known: [String]) {
        reader.section("Tools")
        included = reader.read(
            Self.names[0],
            "Tools to enable, separated by commas, * for any end of a name; all when left out. Read again on SIGHUP.",
            example: "asset_*,knowledge_search"
        )
        excluded = reader.read(
            Self.names[1],
            "Tools to disable, written in the same way; this wins. Read again on SIGHUP.",
            example: "create_*,update_*"
        )
        for (name, patterns) in zip(Self.names, [included, excluded]) {
            for pattern in patterns?.meaningNothing(among: known) ?? [] {
                let near = Suggestion.nearest(to: pattern, among: known).map { "Did you mean \($0)?" }
                // What is like no tool's name may be a secret in the wrong place.
                let isShown = near != nil || SettingText.isRepeatable(pattern)
                reader.complain(
                    name,
                    isShown ? "names `\(pattern)`, which is no tool" : "names something that is no tool",
                    advice: near ?? "There are \(known.joined(separator: ", "))."
                )
            }
        }
    }

    package func allows(_ tool: String) -> Bool {
        included?.match(tool) ?? true && !(excluded?.match(tool) ?? false)
    }
}

/// Names separated by commas; one that ends with `*` means all that begin so.
struct NamePatterns: Hashable, SettingValue {
    static let expectation = "names separated by commas, each perhaps with a * at its end"

    private let patterns: [String]

    init?(setting text: String) {
        patterns = text.lowercased().split(separator: ",").map { String($0).trimmed }.filter { !$0.isEmpty }
        guard !patterns.isEmpty, patterns.allSatisfy(Self.isPattern) else { return nil }
    }

    var shown: String { patterns.joined(separator: ",") }

    func match(_ name: String) -> Bool { patterns.contains { Self.matches(name, $0) } }

    /// The patterns that match none of `known`; none where nothing is known.
    func meaningNothing(among known: [String]) -> [String] {
        known.isEmpty ? [] : patterns.filter { pattern in !known.contains { Self.matches($0, pattern) } }
    }

    private static func matches(_ name: String, _ pattern: String) -> Bool {
        pattern.hasSuffix("*") ? name.hasPrefix(pattern.dropLast()) : name == pattern
    }

    private static func isPattern(_ text: String) -> Bool {
        let name = text.hasSuffix("*") ? text.dropLast() : text[...]
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
            }
        }
    }
}
