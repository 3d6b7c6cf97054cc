/// First in, first out, without moving what waits at every step.
package struct Queue<Element> {
    private var items: [Element?] = []
    private var head = 0
    private static var kept: Int { 1024 }

    package init() {}

    package mutating func append(_ item: Element) { items.append(item) }

    package var count: Int { items.count - head }

    package var first: Element? { head < items.count ? items[head] : nil }

    package mutating func popFirst() -> Element? {
        guard head < items.count else { return nil }
        defer {
            items[head] = nil
            head += 1
            if head == items.count {
                items.removeAll(keepingCapacity: head <= Self.kept)
                head = 0
            } else if head > Self.kept && head * 2 > items.count {
                items.removeFirst(head)
                head = 0
            }
        }
        return items[head]
    }

    /// The others keep their order.
    package mutating func removeAll(where isUnwanted: (Element) -> Bool) {
        items = items[head...].filter { item in item.map { !isUnwanted($0) } ?? false }
        head = 0
    }
}
