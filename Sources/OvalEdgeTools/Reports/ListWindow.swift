package import JSON
package import Rendering

/// Which rows of its lists one answer holds, and where the next one begins.
///
/// All lists are read by the same numbers, so that following ``next`` to the end returns each row of each list once.
package struct ListWindow: Hashable, Sendable {
    /// From 1.
    package let first: Int
    let longest: Int
    private let size: Int

    /// As many rows of each list as `limits` allow; there is always a step forward, however little room there is.
    package init(from first: Int, of lengths: [Int], in limits: SizeLimits) {
        self.first = first
        longest = lengths.max() ?? 0
        size = max(1, limits.items)
    }

    /// As many of each list as they have room for together, so that none takes the room of another.
    ///
    /// `others` are lists that are read by the same numbers and take no room.
    package init(from first: Int, sharing limits: SizeLimits, among lengths: [Int], beside others: [Int] = []) {
        let rest = lengths.map { max(0, $0 - (first - 1)) }
        let share = Self.share(of: limits.items, among: rest)
        self.init(from: first, of: lengths + others, in: SizeLimits(items: share))
    }

    /// What short lists leave goes to the longer ones.
    private static func share(of room: Int, among lengths: [Int]) -> Int {
        var room = room
        var lists = lengths.count { $0 > 0 }
        for length in lengths.sorted() where length > 0 {
            guard length <= room / lists else { return room / lists }
            room -= length
            lists -= 1
        }
        return max(lengths.max() ?? 0, room)
    }

    /// From 0, as lists are counted.
    package var range: Range<Int> {
        let start = min(first - 1, longest)
        return start..<(start + min(size, longest - start))
    }

    package var isWhole: Bool { first == 1 && next == nil }

    /// The row to begin with next; nil at the end of all lists.
    package var next: Int? { range.upperBound < longest ? range.upperBound + 1 : nil }

    package func of<Item>(_ list: [Item]) -> ArraySlice<Item> {
        list[min(range.lowerBound, list.count)..<min(range.upperBound, list.count)]
    }

    /// `6`, or `41 to 80 of 120`.
    package func count(of all: Int) -> Inline {
        let last = min(range.upperBound, all)
        return first == 1 && last == all || first > all ? "\(all)" : "\(first) to \(last) of \(all)"
    }

    /// What is not here, and how to get it; nil when it is all here.
    package var advice: Inline? {
        if let next { return Self.onward(from: next) }
        return first > 1 && first > longest ? Self.beyond(first, last: longest) : nil
    }

    static func onward(from next: Int) -> Inline { "For the next rows, call again with `first_row` \(next)." }

    /// Of a row that is asked for and not there.
    static func beyond(_ row: Int, last: Int) -> Inline { "There is no row \(row); the last one is \(last)." }

    package func adding(to json: JSON) -> JSON {
        guard !isWhole else { return json }
        var json = json
        json["nextRow"] = next.map { .int($0) }
        json["complete"] = false
        return json
    }

    package static let nextSchema: JSON = [
        "type": "integer", "description": "The first_row to ask for next; absent at the end.",
    ]
}
