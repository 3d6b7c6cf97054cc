package import JSON
package import OvalEdge
package import Rendering

/// What one page holds of everything that matches: never silent about what is missing, and by the rows where the
/// product's count says otherwise.
package struct PageOfResults: Sendable {
    package let page: Page
    package let returned: Int
    /// How many assets came, before any was left out.
    private let found: Int
    /// How many the product counts; nil when it does not say.
    private let counted: Int?
    /// Whether another page follows; nil when neither the rows nor the count show it.
    private let goesOn: Bool?
    /// How many to ask for next, and from which page on, where there was no room for all that this page has.
    private let next: (limit: Int, page: Int)?

    /// `lists` has the length of each list on the page, and `isFollowed` what a look at the next page showed.
    package init(
        _ page: Page,
        of found: AssetPage,
        lists: [Int],
        isFollowed: Bool? = nil,
        in limits: SizeLimits = .whole
    ) {
        self.page = page
        returned = lists.reduce(0) { $0 + min($1, limits.items) }
        self.found = lists.reduce(0, +)
        counted = found.total
        goesOn = isFollowed ?? Self.goesOn(after: page, found)
        guard returned < self.found else {
            next = nil
            return
        }
        // No list goes on before the end of the longest that is shown, so that nothing is passed over.
        let shown = max(1, min(limits.items, lists.max() ?? 1))
        next = Self.nearest(to: page.before + shown, showing: min(shown, page.highest))
    }

    /// A page that is not full is the last one, whatever is counted.
    private static func goesOn(after page: Page, _ found: AssetPage) -> Bool? {
        guard found.isFull(for: page) else { return false }
        guard let total = found.total, total > Page.rows(page.page - 1, of: page.sentLimit) + found.sent else {
            return nil
        }
        return true
    }

    /// The page that begins at this row or shortly before it, and has room for at least half as much as was `shown`.
    private static func nearest(to row: Int, showing shown: Int) -> (limit: Int, page: Int) {
        let limits = (shown + 1) / 2...shown
        let limit = limits.reversed().min { row % $0 < row % $1 } ?? shown
        return (limit, row / limit + 1)
    }

    package var hasMore: Bool { next != nil || returned > 0 && goesOn != false }

    private var nextPage: Int { next?.page ?? page.page + 1 }

    /// The next page is farther into the search than OvalEdge goes.
    private var endsAtWindow: Bool { Page.rows(nextPage, of: next?.limit ?? page.sentLimit) > AssetSearch.window }

    /// How to see what comes next.
    package var advice: String {
        if endsAtWindow {
            return
                "OvalEdge gives no more than the first \(Self.manyText) of a search: narrow it with filters, or begin at "
                + "the other end with `sort`."
        }
        let limit = next.map { " and `limit` \($0.limit)" } ?? ""
        return "For more, call again with `page` \(nextPage)\(limit)."
    }

    /// How many there are, and how to see the others.
    package func sentences(_ one: String, _ many: String) -> [String] {
        var sentences: [String] = []
        if page.limit > page.sentLimit {
            sentences.append("`limit` was lowered from \(page.limit) to \(page.sentLimit), the most OvalEdge gives.")
        }
        sentences.append(count(one, many))
        if let doubt { sentences.append(doubt) }
        if hasMore { sentences.append(advice) }
        return sentences
    }

    private func count(_ one: String, _ many: String) -> String {
        switch (returned, total) {
        case (0, _) where page.page > 1: "Page \(page.page) is empty: the list ends before it."
        case (0, _): "No \(one) matches."
        case (_, let total?) where total == returned && page.page == 1: "\(total) \(total == 1 ? one : many) found."
        case (_, let total?): "Page \(page.page): \(returned) of \(total) \(many)."
        case (_, nil) where counted == Self.many && goesOn == true:
            "Page \(page.page): \(returned) of \(Self.manyText) or more \(many)."
        case (_, nil):
            "Page \(page.page): \(returned) \(returned == 1 ? one : many)"
                + (counted == nil ? "; OvalEdge did not return the total." : ".")
        }
    }

    /// Where the count and the rows do not agree; nil where they do, or nothing is counted.
    private var doubt: String? {
        guard let counted, counted != total else { return nil }
        if returned == 0 {
            return counted == 0
                ? nil : "OvalEdge counts \(counted)\(page.page == 1 ? ", none of which can be seen" : "")."
        }
        if let total { return "\(total) can be seen; OvalEdge counts \(counted)." }
        if counted == Self.many, goesOn == true { return nil }
        if page.page > 1, goesOn != nil {
            return "OvalEdge counts \(counted), fewer than its pages hold: some assets may be on two of them."
        }
        return goesOn == true
            ? "There are more than the \(counted) that OvalEdge counts."
            : "OvalEdge counts \(counted), no more than the pages up to here hold: there may be more."
    }

    /// How many match in all, as far as that is sure; a round number is where OvalEdge stops counting.
    package var total: Int? {
        let end = page.before + found
        switch goesOn {
        case true?: return counted.flatMap { $0 > end && $0 != Self.many ? $0 : nil }
        case false? where page.page == 1: return found > 0 || counted == 0 ? found : nil
        // Where the pages hold more than is counted, they may overlap.
        case false?: return found > 0 && end <= counted ?? 0 ? end : nil
        case nil: return nil
        }
    }

    private static let many = AssetSearch.window
    private static let manyText = "10,000"

    /// The same for programs, put before the members of `json`.
    package func adding(to json: JSON) -> JSON {
        var result = json
        result["returned"] = .int(returned)
        result["total"] = total.map { .int($0) }
        if counted != total { result["counted"] = counted.map { .int($0) } }
        result["page"] = .int(page.page)
        result["limit"] = .int(page.sentLimit)
        result["complete"] = .bool(page.page == 1 && !hasMore)
        if hasMore, !endsAtWindow {
            result["nextPage"] = .int(nextPage)
            if let next { result["nextLimit"] = .int(next.limit) }
        }
        return result
    }

    package static let schema: [(String, JSON)] = [
        ("returned", ["type": "integer", "description": "How many are here."]),
        ("total", ["type": "integer", "description": "How many match; absent when not known."]),
        ("counted", ["type": "integer", "description": "What OvalEdge counts, where that is not sure."]),
        ("page", ["type": "integer"]),
        ("limit", ["type": "integer"]),
        ("complete", ["type": "boolean", "description": "Whether this is all that matches."]),
        ("nextPage", ["type": "integer", "description": "Ask for it next; absent on the last one."]),
        ("nextLimit", ["type": "integer", "description": "The limit to ask for with it."]),
    ]
}

extension AssetPage {
    /// Whether there are as many rows as were asked for, or as OvalEdge says that it gives.
    func isFull(for page: Page) -> Bool { sent > 0 && sent >= min(page.sentLimit, limit ?? page.sentLimit) }
}
