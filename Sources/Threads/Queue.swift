/// First in, first out, without moving what waits at every step.
///
/// Other modules see through it: as a generic type of another module each step would take hundreds of instructions.
package struct Queue<Element> {
    @usableFromInline var items: [Element?] = []
    @usableFromInline var head = 0
    @usableFromInline static var kept: Int { 1024 }

    @inlinable package init() {}

    @inlinable package mutating func append(_ item: Element) { items.append(item) }

    @inlinable package var count: Int { items.count - head }

    @inlinable package var first: Element? { head < items.count ? items[head] : nil }

    @inlinable package mutating func popFirst() -> Element? {
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
}
