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

    func values(inList list: String, at now: Double) -> [[UInt8]] {
        (lists[list] ?? []).compactMap { value($0, at: now) }
    }

    /// Nil when something is not as expected; else the names of all that changed.
    mutating func apply(_ change: RecordChange, at now: Double) -> Set<String>? {
        guard change.expected.allSatisfy({ value($0.key, at: now) == $0.value }) else { return nil }
        var changed = sweep(at: now)
        for name in change.drops where drop(name) { changed.insert(name) }
        for put in change.puts {
            insert(put, isVolatile: change.isVolatile)
            changed.insert(put.name)
            changed.formUnion(put.lists.flatMap { makeRoom(in: $0) })
        }
        return changed
    }

    mutating func insert(_ put: RecordChange.Put, isVolatile: Bool = false) {
        drop(put.name)
        let names = put.lists.map { $0.name }
        // What was written piece by piece has room for more, which here are megabytes.
        let value = put.value.withUnsafeBufferPointer { Array($0) }
        rows[put.name] = Row(value: value, end: put.end, lists: names, isVolatile: isVolatile)
        for list in names { lists[list, default: []].insert(put.name) }
    }

    /// False when it was not there.
    @discardableResult mutating func drop(_ name: String) -> Bool {
        guard let row = rows.removeValue(forKey: name) else { return false }
        for list in row.lists {
            lists[list]?.remove(name)
            if lists[list]?.isEmpty == true { lists[list] = nil }
        }
        return true
    }

    /// The names of those that had to go.
    private mutating func makeRoom(in list: RecordList) -> [String] {
        var gone: [String] = []
        while let most = list.most, let names = lists[list.name], names.count > most,
            let first = names.min(by: { (rows[$0]?.end ?? 0, $0) < (rows[$1]?.end ?? 0, $1) })
        {
            drop(first)
            gone.append(first)
        }
        return gone
    }

    /// Once a minute drops what has ended.
    private mutating func sweep(at now: Double) -> Set<String> {
        guard now - sweptAt > 60 || now < sweptAt else { return [] }
        sweptAt = now
        let ended = rows.filter { $0.value.end <= now }.map { $0.key }
        for name in ended { drop(name) }
        return Set(ended)
    }
}
