/// Records in memory: what happens to them, without a clock, a lock or a disk.
struct RecordTable: Sendable {
    struct Row: Sendable {
        let value: [UInt8]
        let end: Double
        let lists: [String]
        let isVolatile: Bool
    }

    private(set) var rows: [String: Row] = [:]
    /// The names of the records in each list.
    private var lists: [String: Set<String>] = [:]
    private var sweptAt = -Double.infinity

    func value(_ name: String, at now: Double) -> [UInt8]? {
        guard let row = rows[name], row.end > now else { return nil }
        return row.value
    }

    func values(
        inList list: String,
        at now: Double,
        where isWanted: (String) -> Bool = { _ in true }
    ) -> [[UInt8]] {
        (lists[list] ?? []).filter(isWanted).compactMap { value($0, at: now) }
    }

    /// Nil when something is not as expected; else what was there before of all that changed.
    mutating func apply(_ change: RecordChange, at now: Double) -> [String: Row?]? {
        guard change.expected.allSatisfy({ value($0.key, at: now) == $0.value }) else { return nil }
        var former = sweep(at: now).mapValues { Row?.some($0) }
        for name in change.drops {
            if let row = drop(name), former[name] == nil { former[name] = row }
        }
        for put in change.puts {
            let row = insert(put, isVolatile: change.isVolatile)
            if former[put.name] == nil { former[put.name] = .some(row) }
            for list in put.lists { former.merge(makeRoom(in: list).map { ($0.name, $0.row) }) { first, _ in first } }
        }
        return former
    }

    /// What was there before.
    @discardableResult mutating func insert(_ put: RecordChange.Put, isVolatile: Bool = false) -> Row? {
        // What was written piece by piece has room for more, which here are megabytes.
        let value = put.value.withUnsafeBufferPointer { Array($0) }
        let names = put.lists.map { $0.name }
        return set(put.name, Row(value: value, end: put.end, lists: names, isVolatile: isVolatile))
    }

    @discardableResult mutating func drop(_ name: String) -> Row? { set(name, nil) }

    /// Nil drops it; what was there before.
    @discardableResult mutating func set(_ name: String, _ row: Row?) -> Row? {
        let former = rows[name]
        for list in former?.lists ?? [] {
            lists[list]?.remove(name)
            if lists[list]?.isEmpty == true { lists[list] = nil }
        }
        rows[name] = row
        for list in row?.lists ?? [] { lists[list, default: []].insert(name) }
        return former
    }

    /// Those that had to go.
    private mutating func makeRoom(in list: RecordList) -> [(name: String, row: Row?)] {
        var gone: [(name: String, row: Row?)] = []
        while let most = list.most, let names = lists[list.name], names.count > most,
            let first = names.min(by: { (rows[$0]?.end ?? 0, $0) < (rows[$1]?.end ?? 0, $1) })
        {
            gone.append((first, drop(first)))
        }
        return gone
    }

    /// Once a minute drops what has ended.
    private mutating func sweep(at now: Double) -> [String: Row] {
        guard now - sweptAt > 60 || now < sweptAt else { return [:] }
        sweptAt = now
        let ended = rows.filter { $0.value.end <= now }
        for name in ended.keys { drop(name) }
        return ended
    }
}
