import Text

/// A place in the product's web pages: the part of a link that begins at `#nav/`, which no host name can falsify.
package struct NavLink: Hashable, Sendable {
    /// Begins with `#nav/`.
    package let fragment: String

    /// Keeps the part from `#nav/` on; nil when that is nowhere in `text`.
    package init?(_ text: String) {
        var text = text
        let fragment = text.withUTF8 { bytes -> String? in
            let start = bytes.indices.first { bytes[$0] == Self.marker[0] && bytes[$0...].starts(with: Self.marker) }
            return start.map { String(decoding: bytes[$0...].prefix { $0 > 0x20 }, as: UTF8.self) }
        }
        guard let fragment else { return nil }
        self.fragment = fragment
    }

    private static let marker = Array("#nav/".utf8)

    private init(fragment: String) { self.fragment = fragment }

    package static func glossaryTerm(_ id: String) -> NavLink {
        NavLink(fragment: "#nav/glossary?browse=summary&id=\(id)")
    }

    package static func schema(_ id: String) -> NavLink {
        NavLink(fragment: "#nav/schema?browse=summary&id=\(id)")
    }

    /// Two crawls of a schema side by side.
    package static func comparison(_ id: String) -> NavLink {
        NavLink(fragment: "#nav/comparedb?srchtab=history&id=\(id)")
    }

    /// The page of a tag; the product shows a tag without its master only when it knows of none.
    package static func tag(_ id: String, master: String?, isMaster: Bool = false) -> NavLink {
        if isMaster { return NavLink(fragment: "#nav/tag?id=\(id)&objectType=mastertag&masterTagId=\(id)") }
        let master = master.map { "&masterTagId=\($0)" } ?? ""
        return NavLink(fragment: "#nav/tag?id=\(id)&objectType=oetag\(master)")
    }

    /// The same link with something else in the place of an id; nil unless the id is in it exactly once, by itself.
    package func replacing(id: String, by other: String) -> NavLink? {
        let (equals, ampersand) = (UInt8(ascii: "="), UInt8(ascii: "&"))
        let values = fragment.utf8.split(separator: equals, omittingEmptySubsequences: false).dropFirst()
        let same = values.filter { value in
            value.starts(with: id.utf8) && [nil, ampersand].contains(value.dropFirst(id.utf8.count).first)
        }
        guard same.count == 1, let start = same.first?.startIndex, !id.isEmpty else { return nil }
        let end = fragment.utf8.index(start, offsetBy: id.utf8.count)
        return NavLink(fragment: "\(fragment[..<start])\(other)\(fragment[end...])")
    }

    /// Whether the link says which kind of object it leads to, as links to tags must.
    package var namesObjectType: Bool { fragment.holds("objectType=") }
}

/// Where links for people begin: the address of the product as their browser knows it.
package struct LinkBase: Hashable, Sendable {
    /// With the slash that is before every fragment.
    private let base: String

    /// `address` may carry a context path; `127.0.0.1` becomes `localhost` when that is preferred, for sign-in cookies.
    package init(_ address: String, prefersLocalhost: Bool = true) {
        var base = address.trimmed
        while base.last == "/" { base.removeLast() }
        self.base = (prefersLocalhost ? Self.withLocalhost(base) : base) + "/"
    }

    package func url(_ link: NavLink) -> String { base + link.fragment }

    private static func withLocalhost(_ address: String) -> String {
        for scheme in ["http://", "https://"] where address.hasPrefix(scheme + "127.0.0.1") {
            let rest = address.dropFirst(scheme.count + "127.0.0.1".count)
            guard rest.isEmpty || rest.first == ":" || rest.first == "/" else { return address }
            return "\(scheme)localhost\(rest)"
        }
        return address
    }
}
