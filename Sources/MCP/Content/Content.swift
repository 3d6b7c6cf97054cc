package import JSON
import Text

/// One block of what a model, or a person, is given to read.
package struct Content: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case text(String)
        case image([UInt8], mimeType: String)
        case audio([UInt8], mimeType: String)
        /// A resource whose content is in the answer itself.
        case resource(ResourceContents)
        /// A resource that can be read when it is wanted.
        case link(ResourceLink)
    }

    package let kind: Kind
    package let annotations: Annotations?
    package let meta: JSON?

    package init(_ kind: Kind, annotations: Annotations? = nil, meta: JSON? = nil) {
        self.kind = kind
        self.annotations = annotations
        self.meta = meta
    }

    package static func text(_ text: String) -> Content { Content(.text(text)) }
    package static func image(_ bytes: [UInt8], mimeType: String) -> Content {
        Content(.image(bytes, mimeType: mimeType))
    }
    package static func audio(_ bytes: [UInt8], mimeType: String) -> Content {
        Content(.audio(bytes, mimeType: mimeType))
    }
    package static func resource(_ contents: ResourceContents) -> Content { Content(.resource(contents)) }
    package static func link(_ link: ResourceLink) -> Content { Content(.link(link)) }

    package var text: String? { if case .text(let text) = kind { text } else { nil } }
}

/// For whom something is, how much it matters, and when it last changed.
package struct Annotations: Hashable, Sendable {
    package let audience: [Role]
    /// From 0, which may be left out, to 1, which is needed.
    package let priority: Double?
    /// ISO 8601, as `2026-07-28T12:00:00Z`; known from 2025-06-18 on.
    package let lastModified: String?

    package init(audience: [Role] = [], priority: Double? = nil, lastModified: String? = nil) {
        self.audience = audience
        self.priority = priority
        self.lastModified = lastModified
    }
}

package enum Role: String, Sendable {
    case user, assistant
}

/// Where a resource is, without its content.
package struct ResourceLink: Hashable, Sendable {
    package let uri: String
    package let name: String
    package let title: String?
    package let description: String?
    package let mimeType: String?

    package init(
        _ uri: String,
        name: String,
        title: String? = nil,
        description: String? = nil,
        mimeType: String? = nil
    ) {
        self.uri = uri
        self.name = name
        self.title = title
        self.description = description
        self.mimeType = mimeType
    }
}

/// A picture for menus (2025-11-25 on).
package struct Icon: Hashable, Sendable {
    package let source: String
    package let mimeType: String?
    /// As `48x48`, or `any` for what scales.
    package let sizes: [String]

    /// Traps on a source that is neither an `https:` nor a `data:` address: clients refuse others.
    package init(_ source: String, mimeType: String? = nil, sizes: [String] = []) {
        precondition(["https:", "data:"].contains { source.hasPrefix($0) }, "\(source) is no address for an icon.")
        self.source = source
        self.mimeType = mimeType
        self.sizes = sizes
    }

    /// A drawing that travels with what it stands for.
    package init(svg: String) {
        self.init("data:image/svg+xml;base64,\(Base64.encoded(svg))", mimeType: "image/svg+xml", sizes: ["any"])
    }
}
