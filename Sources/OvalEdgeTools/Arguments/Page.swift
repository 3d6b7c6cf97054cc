package import JSON
package import MCP
package import Rendering

/// Which part of a long list is wanted; shared by every tool that lists.
package struct Page: Hashable, Sendable {
    package let page: Int
    /// As asked; `sentLimit` is what may be asked of the product.
    package let limit: Int
    fileprivate let highest: Int

    package init(_ input: inout Arguments, highest: Int) {
        page = input.read("page", "Which page, from 1.", in: .counting, default: 1)
        limit = input.read("limit", "How many per page, at most \(highest).", in: .counting, default: 20)
        self.highest = highest
    }

    package var sentLimit: Int { min(limit, highest) }

    /// How many are on the pages before this one; beyond any list when the number of the page is absurd.
    package var before: Int {
        let (before, isTooLarge) = (page - 1).multipliedReportingOverflow(by: sentLimit)
        return isTooLarge || before > Self.farthest ? Self.farthest : before
    }

    private static let farthest = Int(Int32.max)
}

extension ClosedRange<Int> {
    /// What counts something or says which one: far more than any list has, and far too little to overflow.
    package static let counting = 1...Int(Int32.max)
}

/// What one page holds of everything that matches: never silent about what is missing.
package struct PageOfResults: Sendable {
    package let page: Page
    package let returned: Int
    /// Nil when the product does not return it.
    package let total: Int?
    /// How many to ask for next, and from which page on, where there was no room for all that this page has.
    private let next: (limit: Int, page: Int)?

    /// A product that counts less than it sends is corrected.
    ///
    /// `lists` has the length of each list on the page.
    package init(_ page: Page, lists: [Int], total: Int?, in limits: SizeLimits = .whole) {
        let sent = lists.reduce(0, +)
        self.page = page
        returned = lists.reduce(0) { $0 + min($1, limits.items) }
        self.total = total.map { sent == 0 ? $0 : max($0, page.before + sent) }
        guard returned < sent else {
            next = nil
            return
        }
        // No list goes on before the end of the longest that is shown, so that nothing is passed over.
        let shown = max(1, min(limits.items, lists.max() ?? 1))
        let limit = min(shown, page.highest)
        next = (limit, (page.before + shown) / limit + 1)
    }

    package var hasMore: Bool {
        if next != nil { return true }
        guard let total else { return returned >= page.sentLimit }
        return returned > 0 && page.before + returned < total
    }

    private var nextPage: Int { next?.page ?? page.page + 1 }

    /// How to see what comes next.
    package var advice: String {
        let limit = next.map { " and `limit` \($0.limit)" } ?? ""
        return "For more, call again with `page` \(nextPage)\(limit)."
    }

    /// How many there are, and how to see the others.
    package func sentences(_ one: String, _ many: String) -> String {
        var sentences: [String] = []
        if page.limit > page.sentLimit {
            sentences.append("`limit` was lowered from \(page.limit) to \(page.sentLimit), the most OvalEdge gives.")
        }
        sentences.append(count(one, many))
        if hasMore { sentences.append(advice) }
        return sentences.joined(separator: " ")
    }

    private func count(_ one: String, _ many: String) -> String {
        switch (returned, total) {
        case (0, let total?) where total > 0:
            "Page \(page.page) is empty; \(total) \(total == 1 ? one : many) match in all."
        case (0, _) where page.page > 1: "Page \(page.page) is empty."
        case (0, _): "No \(one) matches."
        case (_, let total?) where total == returned && page.page == 1: "\(total) \(total == 1 ? one : many) found."
        case (_, let total?): "Page \(page.page): \(returned) of \(total) \(many)."
        case (_, nil):
            "Page \(page.page): \(returned) \(returned == 1 ? one : many); OvalEdge did not return the total."
        }
    }

    /// The same for programs, put before the members of `json`.
    package func adding(to json: JSON) -> JSON {
        var result = json
        result["returned"] = .int(returned)
        result["total"] = total.map { .int($0) }
        result["page"] = .int(page.page)
        result["limit"] = .int(page.sentLimit)
        result["complete"] = .bool(page.page == 1 && !hasMore)
        if hasMore { result["nextPage"] = .int(nextPage) }
        if let next { result["nextLimit"] = .int(next.limit) }
        return result
    }

    package static let schema: [(String, JSON)] = [
        ("returned", ["type": "integer", "description": "How many this page holds, terms and tags among them."]),
        ("total", ["type": "integer", "description": "How many match in all; absent when OvalEdge does not say."]),
        ("page", ["type": "integer"]),
        ("limit", ["type": "integer"]),
        ("complete", ["type": "boolean", "description": "Whether this is all that matches."]),
        ("nextPage", ["type": "integer", "description": "The page to ask for next; absent on the last one."]),
        ("nextLimit", ["type": "integer", "description": "The limit to ask for with it; absent when it is the same."]),
    ]
}
