package import JSON

/// Something a client can read by its URI, as it is listed.
package struct Resource: Hashable, Sendable {
    package let uri: String
    package let name: String
    package let title: String?
    package let description: String?
    package let mimeType: String?
    /// In bytes, before any encoding.
    package let size: Int?
    package let annotations: Annotations?
    package let icons: [Icon]
    package let meta: JSON?

    package init(
        _ uri: String,
        name: String,
        title: String? = nil,
        description: String? = nil,
        mimeType: String? = nil,
        size: Int? = nil,
        annotations: Annotations? = nil,
        icons: [Icon] = [],
        meta: JSON? = nil
    ) {
        self.uri = uri
        self.name = name
        self.title = title
        self.description = description
        self.mimeType = mimeType
        self.size = size
        self.annotations = annotations
        self.icons = icons
        self.meta = meta
    }
}

/// A family of resources whose URIs differ in a few values.
package struct ResourceTemplate: Hashable, Sendable {
    package let uri: URITemplate
    package let name: String
    package let title: String?
    package let description: String?
    package let mimeType: String?
    package let annotations: Annotations?
    package let icons: [Icon]
    package let meta: JSON?

    package init(
        _ uri: URITemplate,
        name: String,
        title: String? = nil,
        description: String? = nil,
        mimeType: String? = nil,
        annotations: Annotations? = nil,
        icons: [Icon] = [],
        meta: JSON? = nil
    ) {
        self.uri = uri
        self.name = name
        self.title = title
        self.description = description
        self.mimeType = mimeType
        self.annotations = annotations
        self.icons = icons
        self.meta = meta
    }
}
