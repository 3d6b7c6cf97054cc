package import JSON

/// What was read: text or bytes, and under which URI.
package struct ResourceContents: Hashable, Sendable {
    package enum Body: Hashable, Sendable {
        case text(String)
        case bytes([UInt8])
    }

    package let uri: String
    package let mimeType: String?
    package let body: Body
    package let meta: JSON?

    package init(_ uri: String, mimeType: String? = nil, _ body: Body, meta: JSON? = nil) {
        self.uri = uri
        self.mimeType = mimeType
        self.body = body
        self.meta = meta
    }
}

/// The answer to `resources/read`: one entry, or several where a URI names a collection.
package struct ResourceAnswer: Hashable, Sendable {
    package let contents: [ResourceContents]
    /// How long a client may keep it instead of asking again; nothing unless it is known not to change.
    package let kept: Duration

    package init(_ contents: [ResourceContents], kept: Duration = .zero) {
        self.contents = contents
        self.kept = kept
    }

    package init(_ contents: ResourceContents, kept: Duration = .zero) { self.init([contents], kept: kept) }
}
