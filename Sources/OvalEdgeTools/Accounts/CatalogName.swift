package import OvalEdge
import Rendering

/// What in the catalog can be completed by the first letters of its name.
package enum CatalogName: Hashable, Sendable {
    case asset, term, tag, domain, connection
    /// A person types a name, the argument takes the id.
    case connectionID, id(ObjectType)
}

/// A name of the catalog, and what an argument takes for it.
package struct CatalogEntry: Hashable, Sendable {
    private static let longest = 200

    package let name: String
    package let value: String

    /// Nil for what has no name or a strange one: no one can be offered what does not look like what it is.
    package init?(_ name: String?, value: String?) {
        guard let name, let value, [name, value].allSatisfy(Self.isPlain) else { return nil }
        self.name = name
        self.value = value
    }

    private static func isPlain(_ text: String) -> Bool {
        text.count <= longest && !text.contains { $0.isNewline } && Untrusted.cleaned(text) == text
    }
}
