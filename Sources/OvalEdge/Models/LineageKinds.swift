/// Kinds of assets in one word each, whichever a reply uses: `oetable`, `TABLE` and `table` are one kind.
///
/// A lineage says the same few words thousands of times, so that each is looked up once.
struct LineageKinds {
    private var known: [String: String] = [:]

    mutating func kind(_ type: String?) -> String? {
        guard let type else { return nil }
        if let kind = known[type] { return kind }
        let kind = Self.kind(of: type)
        known[type] = kind
        return kind
    }

    /// What people call a kind that is known, else the word itself in small letters.
    static func kind(of type: String) -> String {
        let word = type.lowercased().filter { $0.isLetter || $0 == "_" }
        return ObjectType(rawValue: word)?.title ?? titles[word] ?? word
    }

    private static let titles: [String: String] = ObjectType.allCases.reduce(into: [:]) {
        $0[$1.title.lowercased().filter { $0.isLetter }] = $1.title
    }

    /// Whether a word for a kind is one that is known here, so that another one means another kind.
    static func isKnown(_ kind: String) -> Bool { allTitles.contains(kind) }

    private static let allTitles = Set(ObjectType.allCases.map { $0.title })
}

extension Lineage.Key {
    package init(_ id: Int, _ type: ObjectType) { self.init(String(id), kind: type.title) }
}
