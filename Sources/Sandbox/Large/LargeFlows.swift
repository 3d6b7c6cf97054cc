/// Where the data of the large catalog flows: two wide fans, a long chain, a circle, and many short ways.
struct LargeFlows: Sendable {
    private(set) var sources: [LargeKey: [LargeKey]] = [:]
    private(set) var destinations: [LargeKey: [LargeKey]] = [:]

    init() {
        addMaster()
        addOrderLines()
        addLedger()
        addRates()
        addShortWays()
    }

    /// An asset, how far it is, and on which side.
    struct Reached {
        let key: LargeKey
        let hop: Int
        let isUpstream: Bool
    }

    /// Everything within `depth` steps of `root` on one side, each once, at its shortest distance.
    func reached(from root: LargeKey, depth: Int, upstream: Bool) -> [Reached] {
        let next = upstream ? sources : destinations
        var seen: Set<LargeKey> = [root]
        var front = [root]
        var found: [Reached] = []
        for hop in 1...max(depth, 1) where depth > 0 {
            front = front.flatMap { next[$0] ?? [] }.filter { seen.insert($0).inserted }
            if front.isEmpty { break }
            found += front.map { Reached(key: $0, hop: hop, isUpstream: upstream) }
        }
        return found
    }

    private mutating func flow(_ from: LargeKey, _ to: LargeKey) {
        destinations[from, default: []].append(to)
        sources[to, default: []].append(from)
    }

    /// `dim_customer_master` has 4 above it in 2 hops, and 800, 240 and 8 below it.
    ///
    /// Files above it have the ids of queries below it.
    private mutating func addMaster() {
        let master = LargeKey(.oetable, 1200)
        flow(LargeKey(.oequery, 1150), master)
        flow(LargeKey(.oetable, 1211), master)
        flow(LargeKey(.oefile, 1045), LargeKey(.oequery, 1150))
        flow(LargeKey(.oefile, 1046), LargeKey(.oetable, 1211))
        for id in 1401...1920 { flow(master, LargeKey(.oetable, id)) }
        for id in 1301...1480 { flow(master, LargeKey(.oechart, id)) }
        for id in 1001...1100 { flow(master, LargeKey(.oequery, id)) }
        for step in 0..<120 { flow(LargeKey(.oetable, 1401 + step * 3), LargeKey(.oechart, 1481 + step)) }
        for step in 0..<80 { flow(LargeKey(.oetable, 1403 + step * 5), LargeKey(.oefile, 1061 + step)) }
        for step in 0..<40 { flow(LargeKey(.oetable, 1500 + step), LargeKey(.oetable, 1921 + step)) }
        for step in 0..<8 { flow(LargeKey(.oetable, 1921 + step * 5), LargeKey(.oechart, 1601 + step)) }
        for id in 1922...1924 { flow(LargeKey(.oetable, id), LargeKey(.oechart, 1601)) }
    }

    /// `fact_order_lines`, whose flows name ids alone: reports of the first hop have the ids of files of the second.
    private mutating func addOrderLines() {
        let lines = LargeKey(.oetable, 1251)
        flow(LargeKey(.oetable, 1252), lines)
        flow(LargeKey(.oequery, 1201), lines)
        flow(LargeKey(.oefile, 1252), LargeKey(.oequery, 1201))
        for id in 2001...2060 { flow(lines, LargeKey(.oetable, id)) }
        for id in 1001...1030 { flow(lines, LargeKey(.oechart, id)) }
        for step in 0..<20 { flow(LargeKey(.oetable, 2001 + step), LargeKey(.oefile, 1001 + step)) }
        for step in 0..<20 { flow(LargeKey(.oetable, 2021 + step), LargeKey(.oequery, 1101 + step)) }
    }

    /// A file, eleven tables, and a report at the end.
    private mutating func addLedger() {
        flow(LargeKey(.oefile, 1200), LargeKey(.oetable, 1301))
        for step in 1...10 { flow(LargeKey(.oetable, 1300 + step), LargeKey(.oetable, 1301 + step)) }
        flow(LargeKey(.oetable, 1311), LargeKey(.oechart, 1900))
    }

    /// Three tables in a circle, and one that is made from it.
    private mutating func addRates() {
        flow(LargeKey(.oetable, 1321), LargeKey(.oetable, 1322))
        flow(LargeKey(.oetable, 1322), LargeKey(.oetable, 1323))
        flow(LargeKey(.oetable, 1323), LargeKey(.oetable, 1321))
        flow(LargeKey(.oetable, 1323), LargeKey(.oetable, 1324))
    }

    /// Three tables each, every second time from a file, and to a report.
    private mutating func addShortWays() {
        for step in 0..<400 {
            let first = 2101 + step * 3
            if step % 2 == 0 { flow(LargeKey(.oefile, 1261 + step / 2 % 140), LargeKey(.oetable, first)) }
            flow(LargeKey(.oetable, first), LargeKey(.oetable, first + 1))
            flow(LargeKey(.oetable, first + 1), LargeKey(.oetable, first + 2))
            flow(LargeKey(.oetable, first + 2), LargeKey(.oechart, 1701 + step % 190))
        }
    }
}
