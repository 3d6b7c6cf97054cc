/// A list that is known, or one that another server has to be asked for.
package enum Listed<Element: Sendable>: Sendable {
    case now([Element])
    /// An `RPCError` becomes the error of the request; what else is thrown, an internal one.
    case later(@Sendable () async throws -> [Element])

    func map<Other>(_ transform: @escaping @Sendable (Element) -> Other) -> Listed<Other> {
        switch self {
        case .now(let elements): .now(elements.map(transform))
        case .later(let list): .later { try await list().map(transform) }
        }
    }

    func filter(_ isIncluded: @escaping @Sendable (Element) -> Bool) -> Listed {
        switch self {
        case .now(let elements): .now(elements.filter(isIncluded))
        case .later(let list): .later { try await list().filter(isIncluded) }
        }
    }

    package var elements: [Element] {
        get async throws {
            switch self {
            case .now(let elements): elements
            case .later(let list): try await list()
            }
        }
    }
}
