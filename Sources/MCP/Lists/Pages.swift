import Crypto
import JSON
import JSONRPC
import Synchronization
import Text

/// What can be listed, named as the member of the result that holds it.
enum List: String, Hashable, Sendable {
    case tools, resources, resourceTemplates, prompts
}

/// The pages of all lists, each encoded once.
///
/// A cursor names the entry after which its page begins, sealed together with the list: it cannot be made up, and it
/// stays right when other entries come or go.
final class Pages: Sendable {
    /// What an entry is known by, and what a client gets of it.
    typealias Entry = (name: String, json: JSON)

    /// What a page is made for.
    struct Key: Hashable {
        let list: List
        let audience: Audience
        let revision: Revision
        let showsViews: Bool
        let after: String?
    }

    /// How many pages are kept: clients choose few of the things that make them differ.
    private static let most = 1000

    private let size: Int
    private let seal: Seal
    private let encoded = Mutex(Encoded())

    private struct Encoded {
        var pages: [Key: EncodedJSON] = [:]
        /// How often something has changed.
        var changes = 0
    }

    init(size: Int, seal: Seal) {
        self.size = max(size, 1)
        self.seal = seal
    }

    func key(
        of list: List,
        cursor: JSON?,
        for audience: Audience,
        _ projection: Projection
    ) throws(RPCError) -> Key {
        Key(
            list: list,
            audience: audience,
            revision: projection.revision,
            showsViews: projection.showsViews,
            after: try place(of: cursor, in: list)
        )
    }

    /// The page that was made before.
    func page(_ key: Key) -> EncodedJSON? { encoded.withLock { $0.pages[key] } }

    /// How often a list has changed so far.
    var changes: Int { encoded.withLock { $0.changes } }

    /// A new page of `entries`, which were asked for after so many changes.
    func page(
        _ key: Key,
        of entries: [Entry],
        after changes: Int,
        encoding: ([JSONObject.Member]) -> JSON
    ) throws(RPCError) -> EncodedJSON {
        let page = EncodedJSON(encoding(try members(of: key.list, after: key.after, entries)))
        encoded.withLock { encoded in
            // What has changed meanwhile may be missing from it.
            guard encoded.changes == changes else { return }
            if encoded.pages.count >= Self.most { encoded.pages = [:] }
            encoded.pages[key] = page
        }
        return page
    }

    /// Forgets the pages of a list whose entries have changed.
    func changed(_ list: List) {
        encoded.withLock { encoded in
            encoded.pages = encoded.pages.filter { $0.key.list != list }
            encoded.changes += 1
        }
    }

    private func members(
        of list: List,
        after: String?,
        _ entries: [Entry]
    ) throws(RPCError) -> [JSONObject.Member] {
        var start = 0
        if let after {
            guard let index = entries.firstIndex(where: { $0.name == after }) else { throw .unknownCursor }
            start = index + 1
        }
        let page = entries[start...].prefix(size)
        let isLast = page.endIndex == entries.endIndex
        let items = JSONObject.Member(list.rawValue, .array(page.map { $0.json }))
        guard !isLast, let last = page.last else { return [items] }
        return [items, .init("nextCursor", .string(try cursor(after: last.name, in: list)))]
    }

    private func cursor(after name: String, in list: List) throws(RPCError) -> String {
        guard let sealed = try? seal.sealed(Array(name.utf8), for: "cursor of \(list.rawValue)") else {
            throw .internalError
        }
        return Base64.encoded(sealed, .urlSafe)
    }

    private func place(of cursor: JSON?, in list: List) throws(RPCError) -> String? {
        switch cursor {
        case nil, .null?: return nil
        case .string(let text)?:
            guard let sealed = Base64.decoded(text),
                let name = try? seal.opened(sealed, for: "cursor of \(list.rawValue)")
            else { throw .unknownCursor }
            return String(decoding: name, as: UTF8.self)
        default: throw .unknownCursor
        }
    }
}

extension RPCError {
    static let unknownCursor = RPCError.invalidParams(
        "`cursor` is not one that this server gave out for this list; list from the start."
    )
}
