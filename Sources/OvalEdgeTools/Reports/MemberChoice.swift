import JSON
package import OvalEdge
import Rendering
import Text

/// What is shown of each asset of a list: the usual, what the search was narrowed or ordered by, or only what was named.
package struct MemberChoice: Sendable {
    package static let usual = MemberChoice(by: [], sort: nil, fields: [])
    /// Of a data quality rule: what it is for, and what it checks.
    static let rule = MemberChoice(
        ["steward", "purpose", "functionName", "associatedObjects"].map { ($0, [$0]) },
        isAdded: true
    )

    /// The members under which replies have what is shown, by the word for it.
    private let members: [(word: String, names: [String])]
    /// Whether the usual is shown, too.
    private let isAdded: Bool

    /// `fields` are names as callers write them.
    package init(by filters: [AssetFilter], sort: SortField?, fields: [String]) {
        isAdded = fields.isEmpty
        guard fields.isEmpty else {
            let others = fields.filter { field in !Self.heading.contains { Suggestion.isSame($0, field) } }
            members = others.map { ($0, Self.names(of: $0)) }
            return
        }
        let narrowing = filters.filter { !Self.alwaysTold.contains($0) }.map { $0.rawValue }
        var words = narrowing
        if let order = sort.flatMap({ Self.member(of: $0) }), !words.contains(order) { words.append(order) }
        members = words.map { ($0, Self.names(of: $0)) }
    }

    /// The members to keep in what programs get.
    package func names(in assets: [Asset]) -> Set<String> {
        guard !members.isEmpty else { return [] }
        return Set(assets.flatMap { asset in members.compactMap { Self.found($0.names, in: asset.json)?.name } })
    }

    private init(_ members: [(word: String, names: [String])], isAdded: Bool) {
        self.members = members
        self.isAdded = isAdded
    }

    /// Without what OvalEdge returned of none of these, which says nothing of any, and the words for that.
    package func told(of assets: [Asset]) -> (told: MemberChoice, untold: [String]) {
        let (told, untold) = members.reduce(into: (told: [(word: String, names: [String])](), untold: [String]())) {
            parts,
            member in
            let isTold = assets.contains { Self.found(member.names, in: $0.json) != nil }
            if isTold { parts.told.append(member) } else { parts.untold.append(member.word) }
        }
        return (MemberChoice(told, isAdded: isAdded), untold)
    }

    func facts(of asset: Asset) -> [(name: String, fact: Inline)] {
        let usual = isAdded ? asset.facts : []
        let told = members.filter { member in !usual.contains { $0.name == Self.word(member.word) } }
        return usual
            + told.map { member in
                let value = Self.found(member.names, in: asset.json).flatMap {
                    Self.shown($0.value, of: asset, $0.name)
                }
                let word = Self.word(member.word)
                return (word, value.map { "\(escaped: word) \($0)" } ?? "\(escaped: word) not given")
            }
    }

    /// `row count`; certification and quality as the usual facts have them.
    private static func word(_ name: String) -> String {
        switch name {
        case AssetFilter.dqIndex.rawValue: "quality"
        default: Words.spaced(name).lowercased()
        }
    }

    private static func found(_ names: [String], in json: JSON) -> (name: String, value: JSON)? {
        guard let object = json.object else { return nil }
        for name in names {
            if let value = object[name], !value.isNull { return (name, value) }
        }
        return object.members.first { member in
            !member.value.isNull && names.contains { Suggestion.isSame($0, member.name) }
        }.map { ($0.name, $0.value) }
    }

    private static func shown(_ value: JSON, of asset: Asset, _ name: String) -> Inline? {
        if let person = asset.holder(of: name), asset.people.contains(where: { $0.role == name }) {
            return "\(escaped: person.text.shortened)"
        }
        guard !value.isNothing else { return nil }
        switch value.normal(as: name) {
        case .null: return nil
        case .bool(let value): return value ? "yes" : "no"
        case .array(let items):
            let words: [Inline] = items.prefix(mostItems).compactMap { $0.plainText }.map { "\(escaped: $0.shortened)" }
            let more = items.count - words.count
            return "\(words.joined(separator: ", "))\(words: more > 0 ? " and \(more) more" : "")"
        case let normal:
            let text = normal.plainText ?? RichText(normal)?.plainText
            return text.map { "\(excerpt: $0, upTo: longest)" }
        }
    }

    /// What every line begins with.
    private static let heading = ["name", "objectName", "objectId", "objectType"]
    private static let mostItems = 12
    private static let longest = 160

    /// What a line has without being asked.
    private static let alwaysTold: Set<AssetFilter> = [
        .connectionName, .serverType, .schemaName, .owner, .steward, .custodian,
    ]

    private static func member(of sort: SortField) -> String? {
        switch sort {
        case .relevance, .name: nil
        case .qualityIndex: AssetFilter.dqIndex.rawValue
        case .curationScore: AssetFilter.curationScore.rawValue
        case .rowCount: AssetFilter.rowCount.rawValue
        case .columnCount: AssetFilter.columnCount.rawValue
        case .nullDensity: AssetFilter.nullDensity.rawValue
        case .createdDate: AssetFilter.createdDate.rawValue
        case .popularity, .rating, .density: sort.rawValue
        }
    }

    private static func names(of word: String) -> [String] {
        others.first { Suggestion.isSame($0.word, word) }.map { [$0.word] + $0.names } ?? [word]
    }

    /// The other names that replies have for a member.
    private static let others: [(word: String, names: [String])] = [
        ("dqIndex", ["dqScore"]), ("quality", ["dqScore", "dqIndex"]), ("createdDate", ["createdOn", "createdAt"]),
        ("certification", ["certificationStatus"]), ("termStatus", ["status"]), ("terms", ["glossaryTerms"]),
        ("connection", ["connectionName"]), ("connectionName", ["connection"]), ("schema", ["schemaName"]),
        ("schemaName", ["schema"]), ("description", Asset.descriptionNames),
    ]
}
