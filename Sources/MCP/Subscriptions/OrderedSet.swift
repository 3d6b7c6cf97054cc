/// Each thing once, in the order in which it came.
struct OrderedSet<Element: Hashable & Sendable>: Sendable {
    private(set) var elements: [Element] = []
    private var known: Set<Element> = []

    func contains(_ element: Element) -> Bool { known.contains(element) }

    /// False when it was there already.
    mutating func insert(_ element: Element) -> Bool {
        guard known.insert(element).inserted else { return false }
        elements.append(element)
        return true
    }

    /// False when it was not there.
    mutating func remove(_ element: Element) -> Bool {
        guard known.remove(element) != nil else { return false }
        elements.removeAll { $0 == element }
        return true
    }
}
