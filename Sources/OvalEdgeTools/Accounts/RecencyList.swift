/// Values by key in the order in which they were used last; each step takes the same time, however many there are.
struct RecencyList<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Node {
        let key: Key
        var value: Value
        /// The places of its neighbours; -1 at either end.
        var newer = -1
        var older = -1
    }

    private var places: [Key: Int] = [:]
    private var nodes: [Node?] = []
    private var free: [Int] = []
    private var newest = -1
    private var last = -1

    var count: Int { places.count }

    /// The one that was not used for longest.
    var oldest: (key: Key, value: Value)? {
        guard last >= 0, let node = nodes[last] else { return nil }
        return (node.key, node.value)
    }

    /// Its value, which is the newest from now on.
    mutating func use(_ key: Key) -> Value? {
        guard let place = places[key] else { return nil }
        moveToFront(place)
        return nodes[place]?.value
    }

    /// In the place of what was there under this key.
    mutating func insert(_ value: Value, for key: Key) {
        if let place = places[key] {
            nodes[place]?.value = value
            moveToFront(place)
            return
        }
        let node = Node(key: key, value: value)
        let place = free.popLast() ?? nodes.count
        if place == nodes.count { nodes.append(node) } else { nodes[place] = node }
        places[key] = place
        putInFront(place)
    }

    @discardableResult
    mutating func remove(_ key: Key) -> Value? {
        guard let place = places.removeValue(forKey: key) else { return nil }
        takeOut(place)
        defer { nodes[place] = nil }
        free.append(place)
        return nodes[place]?.value
    }

    private mutating func moveToFront(_ place: Int) {
        guard place != newest else { return }
        takeOut(place)
        putInFront(place)
    }

    private mutating func takeOut(_ place: Int) {
        guard let node = nodes[place] else { return }
        if node.newer >= 0 { nodes[node.newer]?.older = node.older } else { newest = node.older }
        if node.older >= 0 { nodes[node.older]?.newer = node.newer } else { last = node.newer }
    }

    private mutating func putInFront(_ place: Int) {
        nodes[place]?.newer = -1
        nodes[place]?.older = newest
        if newest >= 0 { nodes[newest]?.newer = place } else { last = place }
        newest = place
    }
}
