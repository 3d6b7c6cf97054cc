import JSON

/// A page that shows the answers of a tool, for clients that can show one (extension MCP Apps).
///
/// It is a resource like others, but for its kind: a tool names it, and the client, not its model, reads it. Clients
/// that do not declare the extension get none listed, and can still read it.
package struct View: Hashable, Sendable {
    package static let mimeType = "text/html;profile=mcp-app"
    /// The key of the extension among the capabilities of either side.
    static let `extension` = "io.modelcontextprotocol/ui"

    package let uri: String
    package let name: String
    package let title: String
    package let description: String

    /// `uri` begins with `ui://`.
    package init(_ uri: String, name: String, title: String, description: String) {
        self.uri = uri
        self.name = name
        self.title = title
        self.description = description
    }

    package var resource: Resource {
        Resource(
            uri,
            name: name,
            title: title,
            description: description,
            mimeType: Self.mimeType,
            annotations: Annotations(audience: [.user]),
            meta: Self.meta
        )
    }

    /// The page itself, which must bring along all that it needs: it may ask nothing of any network.
    package func contents(_ html: String) -> ResourceContents {
        ResourceContents(uri, mimeType: Self.mimeType, .text(html), meta: Self.meta)
    }

    /// No address is allowed, and where the page ends is to be seen.
    private static let meta: JSON = [
        "ui": ["csp": ["connectDomains": [], "resourceDomains": []], "prefersBorder": true]
    ]

    /// Whether a client of these capabilities can show one.
    static func isDeclared(by capabilities: JSON) -> Bool {
        capabilities["extensions"]?[Self.extension]?["mimeTypes"]?.array?.contains(.string(mimeType)) ?? false
    }

    /// What a tool says of its view; the second name is the one of an older dialect of the same.
    var toolMeta: JSONObject {
        JSONObject([
            .init("ui", ["resourceUri": .string(uri)]), .init("openai/outputTemplate", .string(uri)),
        ])
    }
}

extension Resource {
    /// Whether only a client that can show views has a use for it.
    var isView: Bool { mimeType == View.mimeType }
}

extension Client {
    /// Whether it shows views as they are made here.
    package var showsViews: Bool { View.isDeclared(by: capabilities) }
}
