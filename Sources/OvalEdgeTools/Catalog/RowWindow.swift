package import JSON
package import OvalEdge
package import Rendering

/// Which columns and relationships of an asset one answer holds, and where the next one begins.
///
/// Both lists are read by the same numbers, so that following ``next`` to the end returns each of them once.
package struct RowWindow: Hashable, Sendable {
    /// From 1.
    package let first: Int
    package let columns: Int
    package let relationships: Int
    private let count: Int

    /// There is always a step forward, however little room there is.
    package init(from first: Int, of details: AssetRecord, in limits: SizeLimits) {
        self.first = first
        columns = details.columns.count
        relationships = details.relationships.count
        count = max(1, limits.items)
    }

    private var longest: Int { max(columns, relationships) }

    /// From 0, as lists are counted.
    package var range: Range<Int> {
        let start = min(first - 1, longest)
        return start..<(start + min(count, longest - start))
    }

    package var isBeginning: Bool { first == 1 }
    package var isWhole: Bool { isBeginning && next == nil }

    /// The row to begin with next; nil at the end of both lists.
    package var next: Int? { range.upperBound < longest ? range.upperBound + 1 : nil }

    /// `6`, or `41 to 80 of 120`.
    package func count(of all: Int) -> Inline {
        let last = min(range.upperBound, all)
        return isBeginning && last == all ? "\(all)" : "\(first) to \(last) of \(all)"
    }

    /// What is not here, and how to get it; nil when it is all here.
    package var advice: Inline? {
        if let next { return "For more rows, call again with `first_row` \(next)." }
        return !isBeginning && first > longest ? "There is no row \(first); the last one is \(longest)." : nil
    }

    package func adding(to json: JSON) -> JSON {
        guard !isWhole else { return json }
        var json = json
        json["rows"] = [
            "first": .int(first), "last": .int(range.upperBound), "columns": .int(columns),
            "relationships": .int(relationships),
        ]
        json["nextRow"] = next.map { .int($0) }
        json["complete"] = false
        return json
    }

    package static let rowsSchema: JSON = [
        "type": "object",
        "description": "Which columns and relationships are here, by number; how many there are of each.",
        "properties": [
            "first": ["type": "integer"], "last": ["type": "integer"], "columns": ["type": "integer"],
            "relationships": ["type": "integer"],
        ],
    ]
    package static let nextSchema: JSON = [
        "type": "integer", "description": "The first_row to ask for next; absent at the end.",
    ]
}
