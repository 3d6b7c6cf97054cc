/// What is true of the assets of the large catalog; how untidily it is written is in ``LargeMess``.
extension LargeCatalog {
    enum Role: String, CaseIterable {
        case owner, steward, custodian

        fileprivate var fact: LargeAsset.Fact {
            switch self {
            case .owner: .owner
            case .steward: .steward
            case .custodian: .custodian
            }
        }

        /// Of a hundred assets so many have no person for it.
        fileprivate var vacancies: Int {
            switch self {
            case .owner: 6
            case .steward: 25
            case .custodian: 60
            }
        }
    }

    /// Nil where the role is vacant.
    func person(_ role: Role, of asset: LargeAsset) -> LargePerson? {
        if let user = written[asset.key]?[role.rawValue] {
            return LargePerson.all.first { $0.user == user } ?? LargePerson(user: user, name: user)
        }
        let number = asset.roll(role.fact, below: 2400)
        return number < role.vacancies * 24 ? nil : LargePerson.all[number % 24]
    }

    /// What an asset lies in at the source.
    func schema(of asset: LargeAsset) -> LargeAsset? {
        let table = asset.kind == .oecolumn ? parent(of: asset) : asset
        return table?.kind == .oetable ? table.flatMap { parent(of: $0) } : nil
    }

    func connection(of asset: LargeAsset) -> LargeAsset? { ancestry(of: asset).first { $0.kind == .connection } }

    func certification(of asset: LargeAsset) -> String? {
        guard [.oetable, .oechart, .oefile].contains(asset.kind) else { return nil }
        switch asset.roll(.certification, below: 100) {
        case ..<30: return "certified"
        case ..<38: return "caution"
        case ..<41: return "violation"
        default: return nil
        }
    }

    func description(of asset: LargeAsset) -> String? {
        if let text = written[asset.key]?["businessDescription"] { return text }
        let share = asset.kind == .oecolumn ? 20 : asset.kind == .glossary ? 95 : 55
        guard asset.roll(.described, below: 100) < share else { return nil }
        let source = LargeNames.sources[asset.roll(.noise, below: 5)]
        let cadence = LargeNames.cadences[asset.roll(.cadence, below: 5)]
        let subject = String(asset.folded.prefix(40)).split(separator: "_").joined(separator: " ")
        return "What we know of \(subject), taken from \(source) and loaded \(cadence)."
    }

    /// Nil where the rows were not counted.
    func rows(of table: LargeAsset) -> Int? {
        guard table.kind == .oetable, table.roll(.spelling, below: 20) != 7 else { return nil }
        return table.roll(.rows, below: 90_000_000) + 1
    }

    /// From 40 to 100; nil where nothing is measured.
    func quality(of asset: LargeAsset) -> Int? {
        guard asset.kind == .oetable, asset.roll(.noise, below: 10) != 3 else { return nil }
        return 40 + asset.roll(.quality, below: 61)
    }

    func popularity(of asset: LargeAsset) -> Int { asset.roll(.popularity, below: 100_000) }

    /// `2025-03-04`; nil for what has no date.
    func created(_ asset: LargeAsset) -> String? {
        guard asset.roll(.cadence, below: 40) != 5 else { return nil }
        return LargeDay(asset.roll(.created, below: 2860)).text
    }

    /// A column that many reports depend on; every 31st, 479 in all.
    func isCritical(_ asset: LargeAsset) -> Bool {
        if let mark = written[asset.key]?["criticalDataElement"] { return mark == "Yes" }
        return asset.kind == .oecolumn && asset.index % 31 == 5 && asset.index / 31 < 479
    }

    /// Whether a rule checks it; nil where the product does not say.
    func hasRule(_ asset: LargeAsset) -> Bool? {
        guard asset.kind == .oecolumn, asset.index % 31 == 5 else { return false }
        let number = asset.index / 31
        return number % 67 == 66 ? nil : number % 3 == 0
    }

    /// The names of an asset's tags.
    func tags(of asset: LargeAsset) -> [String] {
        switch asset.kind {
        case .oecolumn where LargeNames.personal.contains(asset.name): ["Contact"]
        case .oecolumn where asset.name == "metric_1017" || asset.name == "metric_1873": ["Banking", "SOX"]
        case .oetable where asset.roll(.tag, below: 100) < 4: ["GDPR"]
        case .oetable where asset.roll(.tag, below: 100) < 7: ["Deprecated"]
        default: []
        }
    }

    func status(of term: LargeAsset) -> String? {
        guard term.kind == .glossary else { return nil }
        return term.roll(.status, below: 5) == 0 ? "DRAFT" : "PUBLISHED"
    }

    func domain(of term: LargeAsset) -> LargeAsset? { ancestry(of: term).first { $0.kind == .oeglobaldomain } }

    /// Counted by the search, and kept from it for want of rights.
    func isHidden(_ asset: LargeAsset) -> Bool { asset.kind == .oechart && asset.roll(.status, below: 5) == 0 }

    /// The tables that a report rests on.
    func sources(of report: LargeAsset) -> [LargeAsset] {
        (flows.sources[report.key] ?? []).compactMap { self[$0] }
    }

    static let retention = ["1 year", "3 years", "10 years"]

    func customFields(of asset: LargeAsset) -> [(name: String, value: String)] {
        guard asset.kind == .oetable else { return [] }
        let known = written[asset.key] ?? [:]
        let retention = asset.id % 50 == 10 ? Self.retention[asset.id / 50 % 3] : nil
        let region = asset.id % 9 == 4 ? "EMEA" : nil
        return [("Region", known["Region"] ?? region), ("Retention", known["Retention"] ?? retention)]
            .compactMap { name, value in value.map { (name, $0) } }
    }
}

/// A day of the calendar, counted from the first of 2019.
struct LargeDay {
    private let count: Int

    init(_ count: Int) { self.count = count }

    var text: String {
        let (year, month, day) = parts
        return "\(year)-\(Self.two(month))-\(Self.two(day))"
    }

    var milliseconds: Int { (17_897 + count) * 86_400_000 }

    private var parts: (year: Int, month: Int, day: Int) {
        var (year, rest) = (2019, count)
        while rest >= Self.length(year) {
            rest -= Self.length(year)
            year += 1
        }
        var month = 1
        for length in [31, year % 4 == 0 ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
            if rest < length { break }
            rest -= length
            month += 1
        }
        return (year, month, rest + 1)
    }

    private static func length(_ year: Int) -> Int { year % 4 == 0 ? 366 : 365 }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
