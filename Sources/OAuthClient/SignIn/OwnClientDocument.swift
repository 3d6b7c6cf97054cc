package import JSON

/// The document that describes a client whose id is the document's own address (OAuth Client ID Metadata Document).
package enum OwnClientDocument {
    package static func described(address: String, redirects: [String], name: String = "oe-mcp") -> JSON {
        [
            "client_id": .string(address), "client_name": .string(name), "redirect_uris": .strings(redirects),
            "application_type": "native", "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"], "token_endpoint_auth_method": "none",
        ]
    }

    /// The redirect addresses of this program on a person's own machine.
    package static var loopbackRedirects: [String] {
        LoopbackAddress.Host.allCases.map { LoopbackAddress(host: $0).text }
    }
}
