import Text

/// What a person has typed so far for one argument or variable.
package struct CompletionQuery: Hashable, Sendable {
    package let argument: String
    package let value: String
    /// What the other arguments have already, by name (2025-06-18 on).
    package let others: [String: String]

    package init(argument: String, value: String, others: [String: String] = [:]) {
        self.argument = argument
        self.value = value
        self.others = others
    }
}

/// Values that may be meant, the likeliest first.
package struct Completion: Hashable, Sendable {
    /// A client is sent no more than this (server/utilities/completion).
    package static let limit = 100
    package static let none = Completion([])

    package let values: [String]
    /// How many there are in all, if that is known.
    package let total: Int?
    /// Whether there are more than are known here.
    package let hasMore: Bool

    package init(_ values: [String], total: Int? = nil, hasMore: Bool = false) {
        self.values = values
        self.total = total
        self.hasMore = hasMore
    }

    /// Those of a fixed set that begin with what was typed, then those that contain it; case does not count.
    package static func matching(_ typed: String, in known: [String]) -> Completion {
        let typed = typed.lowercased()
        let first = known.filter { $0.lowercased().hasPrefix(typed) }
        let others = known.filter { !$0.lowercased().hasPrefix(typed) && $0.lowercased().holds(typed) }
        return Completion(first + others, total: first.count + others.count)
    }
}
