import JSON

@testable import Sandbox

/// What is true of the large catalog: counted in what it is made of, never in what it answers.
struct LargeTruth {
    private let catalog: LargeCatalog
    private(set) var facts: [(name: String, value: JSON)] = []

    init(_ catalog: LargeCatalog = LargeCatalog()) {
        self.catalog = catalog
        addCounts()
        addPeople()
        addGaps()
        addTables()
        addWords()
        addLineage()
        addRights()
        addChanges()
        addQuality()
    }

    /// One fact a line.
    var text: String {
        let lines = facts.map { fact in "  \(JSON.string(fact.name).text): \(fact.value.text)" }
        return "{\n" + lines.joined(separator: ",\n") + "\n}\n"
    }

    private mutating func add(_ name: String, _ value: Int) { facts.append((name, .int(value))) }
    private mutating func add(_ name: String, _ value: String) { facts.append((name, .string(value))) }
    private mutating func add(_ name: String, _ values: [String]) { facts.append((name, .strings(values))) }
    private mutating func add(_ name: String, _ values: [Int]) { facts.append((name, .array(values.map { .int($0) }))) }

    private func table(_ id: Int) -> LargeAsset { catalog.all(.oetable)[id - LargeCatalog.firstID] }

    private func counts<Key: Hashable>(_ assets: [LargeAsset], by key: (LargeAsset) -> Key?) -> [Key: Int] {
        assets.reduce(into: [:]) { counts, asset in if let key = key(asset) { counts[key, default: 0] += 1 } }
    }

    private var tables: [LargeAsset] { catalog.all(.oetable) }
    private var columns: [LargeAsset] { catalog.all(.oecolumn) }
}

extension LargeTruth {
    private mutating func addCounts() {
        add("assets", LargeCatalog.kinds.map { catalog.all($0).count }.reduce(0, +))
        for kind in LargeCatalog.kinds { add("assets of the kind \(kind.rawValue)", catalog.all(kind).count) }
        for connection in catalog.all(.connection).prefix(4) {
            add("tables in \(connection.name)", tables.count { catalog.connection(of: $0)?.id == connection.id })
        }
        let overviews = catalog.all(.oechart).filter { $0.name.contains(" overview ") }
        add("reports named overview, counted", overviews.count)
        add("reports named overview, seen", overviews.count { !catalog.isHidden($0) })
        add("tables named orders", tables.filter { $0.name == "orders" }.map { $0.id })
        add("columns of WIDE_FACT", catalog.columns(of: table(1007)).count)
        let sox = columns.filter { catalog.tags(of: $0).contains("SOX") }
        add("columns tagged SOX", sox.map { $0.name })
        add("ids of columns tagged SOX", sox.map { $0.id })
        add("tables tagged GDPR", tables.count { catalog.tags(of: $0).contains("GDPR") })
        add("columns tagged Contact", columns.count { catalog.tags(of: $0).contains("Contact") })
    }

    private mutating func addPeople() {
        for person in LargePerson.all.prefix(6) {
            add("tables with \(person.user) as owner", tables.count { catalog.person(.owner, of: $0) == person })
        }
        for id in [1200, 1251, 1311, 1360, 1361] {
            for role in [LargeCatalog.Role.owner, .steward] {
                let person = catalog.person(role, of: table(id))
                add("\(role.rawValue) of table \(id)", person.map { [$0.name, $0.user] } ?? [])
            }
        }
        let terms = catalog.all(.glossary).filter { $0.name == "Active Customer" }
        add("domains of Active Customer", terms.compactMap { catalog.domain(of: $0)?.name })
        add("ids of Active Customer", terms.map { $0.id })
    }

    private mutating func addGaps() {
        for role in LargeCatalog.Role.allCases {
            add("tables without \(role.rawValue)", tables.count { catalog.person(role, of: $0) == nil })
            add("columns without \(role.rawValue)", columns.count { catalog.person(role, of: $0) == nil })
        }
        for kind in [SampleAsset.Kind.oetable, .oecolumn, .oefile, .oequery, .glossary] {
            add("\(kind.rawValue) without description", catalog.all(kind).count { catalog.description(of: $0) == nil })
        }
        add(
            "tables without owner and steward",
            tables.count { table in [.owner, .steward].allSatisfy { catalog.person($0, of: table) == nil } }
        )
        add("tables without certification", tables.count { catalog.certification(of: $0) == nil })
        for word in ["certified", "caution", "violation"] {
            add("tables with \(word)", tables.count { catalog.certification(of: $0) == word })
        }
        add(
            "certified tables without owner",
            tables.filter { catalog.certification(of: $0) == "certified" && catalog.person(.owner, of: $0) == nil }.map
            { $0.id }
        )
        add(
            "critical columns without description",
            columns.count { catalog.isCritical($0) && catalog.description(of: $0) == nil }
        )
        let ownerless = tables.filter { catalog.person(.owner, of: $0) == nil }
        let places = counts(ownerless) { catalog.connection(of: $0)?.name }
        for (name, count) in places.sorted(by: { $0.key < $1.key }) { add("tables without owner in \(name)", count) }
    }

    private mutating func addTables() {
        let largest = tables.filter { catalog.rows(of: $0) != nil }
            .sorted { catalog.rows(of: $0) ?? 0 > catalog.rows(of: $1) ?? 0 }.prefix(5)
        add("largest tables", largest.map { $0.name })
        add("ids of the largest tables", largest.map { $0.id })
        add("rows of the largest tables", largest.compactMap { catalog.rows(of: $0) })
        for id in [1200, 1251, 1311, 1360, 1361] {
            let table = table(id)
            add("rows of table \(id)", catalog.rows(of: table) ?? -1)
            add("quality of table \(id)", catalog.quality(of: table) ?? -1)
            add("columns of table \(id)", catalog.columns(of: table).map { $0.name })
            add("ids of columns of table \(id)", catalog.columns(of: table).map { $0.id })
            add("creation of table \(id)", catalog.created(table) ?? "")
            add("certification of table \(id)", catalog.certification(of: table) ?? "")
        }
        add(
            "tables created since 2026-10-01",
            tables.filter { catalog.created($0) ?? "" >= "2026-10-01" }.map { $0.id }
        )
        add(
            "tables created in the first half of January 2019",
            tables.filter { ("2019-01-01"..."2019-01-15").contains(catalog.created($0) ?? "") }.map { $0.id }
        )
        for value in LargeCatalog.retention {
            let kept = tables.filter { table in catalog.customFields(of: table).contains { $0.value == value } }
            add("tables kept \(value)", kept.map { $0.id })
        }
    }

    private mutating func addWords() {
        add("terms of each domain", catalog.all(.glossary).count / 8)
        for domain in catalog.all(.oeglobaldomain) {
            let terms = catalog.all(.glossary).filter { catalog.domain(of: $0)?.id == domain.id }
            add("drafts of \(domain.name)", terms.filter { catalog.status(of: $0) == "DRAFT" }.map { $0.id })
        }
        let personal = catalog.all(.oetag)[0]
        add("tags below Personal", catalog.children(of: personal).map { $0.name })
        let deep = catalog.all(.oetag).first { $0.name == "Banking high" }
        add("way to Banking high", deep.map { catalog.ancestry(of: $0).reversed().map { $0.name } } ?? [])
        add("id of Banking high", deep?.id ?? 0)
        for (number, story) in LargeStory.all.prefix(15).enumerated() {
            add("story \(LargeCatalog.firstID + number)", [story.title, story.heading, story.sentence])
        }
    }

    private mutating func addLineage() {
        for id in [1200, 1251, 1311, 1321, 1324] {
            for isUpstream in [true, false] {
                let reached = catalog.flows.reached(from: LargeKey(.oetable, id), depth: 20, upstream: isUpstream)
                let hops = Dictionary(grouping: reached) { $0.hop }.sorted { $0.key < $1.key }.map { $0.value.count }
                add("\(isUpstream ? "upstream" : "downstream") of table \(id), by hop", hops)
            }
        }
        let master = catalog.flows.reached(from: LargeKey(.oetable, 1200), depth: 20, upstream: false)
        let assets = master.compactMap { catalog[$0.key] }
        for (kind, count) in counts(assets, by: { $0.kind.rawValue }).sorted(by: { $0.key < $1.key }) {
            add("\(kind) downstream of table 1200", count)
        }
        let owners = counts(assets) { catalog.person(.owner, of: $0)?.user }
        add("assets without owner downstream of table 1200", assets.count { catalog.person(.owner, of: $0) == nil })
        for user in ["mgarcia", "mgarcia2", "pnair"] {
            add("assets of \(user) downstream of table 1200", owners[user] ?? 0)
        }
        let connections = counts(assets) { catalog.connection(of: $0)?.name }
        for (name, count) in connections.sorted(by: { $0.key < $1.key }) {
            add("assets in \(name) downstream of table 1200", count)
        }
    }

    private mutating func addRights() {
        for user in LargeRights.users {
            add("roles of \(user.name)", LargeRights.roles(of: user.name))
            let tables = LargeRights.roles(of: user.name).flatMap { LargeRights.tables(of: $0, in: catalog) }
            add("rights of \(user.name)", tables.count)
        }
        for role in LargeRights.all { add("rights of \(role)", LargeRights.tables(of: role, in: catalog).count) }
        let loaded = LargeRights.roles(of: "pnair").flatMap { LargeRights.tables(of: $0, in: catalog) }
        add("rights of pnair in SALES", loaded.count { catalog.schema(of: $0)?.name == "SALES" })
        let readable = LargeRights.roles(of: "jsmith").flatMap { LargeRights.tables(of: $0, in: catalog) }
        for (schema, count) in counts(readable, by: { catalog.schema(of: $0)?.name }).sorted(by: { $0.key < $1.key }) {
            add("rights of jsmith in \(schema)", count)
        }
    }

    private mutating func addChanges() {
        let all = LargeChange.all(in: catalog)
        let last = all.filter { $0.crawl == 505 }
        add("changes of the last crawl", last.count)
        add("changes of the last two crawls", all.count { $0.crawl >= 504 })
        let added = last.compactMap { change -> String? in
            guard case .columnAdded(let name) = change.finding else { return nil }
            return name
        }
        add("columns added by the last crawl", added.count)
        add("columns added to table 1200", all.filter { $0.table.id == 1200 }.compactMap { $0.added })
        let removed = all.filter { $0.table.id == 1200 && $0.removed != nil }
        add("columns removed from table 1200", removed.compactMap { $0.removed })
        add("who removed columns from table 1200", Set(removed.map { $0.person.user }).sorted())
        let losses = all.filter { $0.crawl >= 504 }.compactMap { $0.rows }.filter { $0 < 0 }
        add("largest loss of the last two crawls", losses.min() ?? 0)
        let growth = all.filter { $0.crawl >= 504 }.max { $0.rows ?? 0 < $1.rows ?? 0 }
        add("largest growth of the last two crawls", growth?.rows ?? 0)
        add("who caused the largest growth", growth?.person.user ?? "")
    }

    private mutating func addQuality() {
        let critical = columns.filter { catalog.isCritical($0) }
        add("critical columns", critical.count)
        add("critical columns with a rule", critical.count { catalog.hasRule($0) == true })
        add("critical columns without a rule", critical.count { catalog.hasRule($0) == false })
        add("critical columns whose rule is not known", critical.count { catalog.hasRule($0) == nil })
        let first = critical.prefix(100)
        add("of the first hundred critical columns with a rule", first.count { catalog.hasRule($0) == true })
        add("of the first hundred critical columns whose rule is not known", first.count { catalog.hasRule($0) == nil })
        add("critical columns of table 1007", critical.count { $0.parent?.id == 1007 })
    }
}

extension LargeChange {
    fileprivate var added: String? { if case .columnAdded(let name) = finding { name } else { nil } }
    fileprivate var removed: String? { if case .columnRemoved(let name) = finding { name } else { nil } }
    fileprivate var rows: Int? { if case .rows(let count) = finding { count } else { nil } }
}
