package import MCP

/// Which part of a long list is wanted; shared by every tool that lists.
package struct Page: Hashable, Sendable {
    package let page: Int
    /// As asked; `sentLimit` is what may be asked of the product.
    package let limit: Int
    let highest: Int

    package init(_ input: inout Arguments, highest: Int) {
        page = input.read("page", "Which page, from 1.", in: .counting, default: 1)
        limit = input.read("limit", "How many per page, at most \(highest).", in: .counting, default: 20)
        self.highest = highest
    }

    package var sentLimit: Int { min(limit, highest) }

    /// How many are on the pages before this one; beyond any list when the number of the page is absurd.
    package var before: Int { Self.rows(page - 1, of: sentLimit) }

    /// How many the pages up to this one hold, when they are full.
    var end: Int { Self.rows(page, of: sentLimit) }

    static func rows(_ pages: Int, of limit: Int) -> Int {
        let (rows, isTooLarge) = pages.multipliedReportingOverflow(by: limit)
        return isTooLarge || rows > farthest ? farthest : rows
    }

    private static let farthest = Int(Int32.max)
}

extension ClosedRange<Int> {
    /// What counts something or says which one: far more than any list has, and far too little to overflow.
    package static let counting = 1...Int(Int32.max)
}
