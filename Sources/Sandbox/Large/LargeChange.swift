import JSON

/// One difference that a crawl of `snowflake_prod` found to the one before.
struct LargeChange {
    enum Finding: Hashable {
        case rows(Int)
        case tableAdded, tableRemoved
        case columnAdded(String), columnRemoved(String)
        case columnRetyped(String, from: String, to: String)
    }

    let crawl: Int
    let table: LargeKey
    let finding: Finding
    let person: LargePerson

    /// Crawls by their ids, a week apart; the first has none to be compared with.
    static let crawls: [(id: Int, at: String)] = [
        (501, "2026-09-28T02:30:00"), (502, "2026-10-05T02:30:00"), (503, "2026-10-12T02:30:00"),
        (504, "2026-10-19T02:30:00"), (505, "2026-10-26T02:30:00"),
    ]

    /// 97 by each of four crawls, and eight more of `dim_customer_master`.
    static func all(in catalog: LargeCatalog) -> [LargeChange] {
        let tables = catalog.all(.oetable).filter { LargeRights.isInSource($0, catalog) && $0.id != 1200 }
        let found = crawls.dropFirst().flatMap { crawl in
            (0..<97).map { number in
                LargeChange(
                    crawl: crawl.id,
                    table: tables[(crawl.id * 97 + number * 13) % tables.count].key,
                    finding: finding(number, crawl.id),
                    person: LargePerson.all[(number + crawl.id) % 24]
                )
            }
        }
        return found + master
    }

    private static func finding(_ number: Int, _ crawl: Int) -> Finding {
        switch number {
        case ..<41: .columnAdded("\(LargeNames.columns[(number + crawl) % 40])_\(crawl)")
        case ..<48: .columnRemoved("\(LargeNames.columns[(number + crawl) % 40])_old")
        case ..<53: .columnRetyped(LargeNames.columns[number % 40], from: "VARCHAR(20)", to: "VARCHAR(200)")
        case ..<56: .tableAdded
        case ..<58: .tableRemoved
        default: .rows(rows(number, crawl))
        }
    }

    private static func rows(_ number: Int, _ crawl: Int) -> Int {
        let count = (number * 7919 + crawl * 104_729) % 90_000 + 1
        return number % 4 == 0 ? -count : count
    }

    private static let master: [LargeChange] = [
        master(505, .columnRemoved("fax"), by: 4), master(505, .columnRemoved("pager"), by: 4),
        master(505, .columnAdded("loyalty_tier"), by: 5), master(505, .columnAdded("consent_at"), by: 5),
        master(505, .columnAdded("churned_at"), by: 6),
        master(505, .columnRetyped("phone", from: "INTEGER", to: "VARCHAR(40)"), by: 6),
        master(505, .rows(-120_400), by: 6), master(504, .columnRemoved("telex"), by: 8),
    ]

    private static func master(_ crawl: Int, _ finding: Finding, by person: Int) -> LargeChange {
        LargeChange(crawl: crawl, table: LargeKey(.oetable, 1200), finding: finding, person: LargePerson.all[person])
    }
}
