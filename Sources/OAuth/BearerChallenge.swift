/// The value of `WWW-Authenticate` for those who have to bring an access token (RFC 6750 §3, RFC 9728 §5.1).
package struct BearerChallenge: Hashable, Sendable {
    /// `invalid_token` or `insufficient_scope`; nil for a request that brought nothing.
    package var error: String?
    /// A sentence or two, for people.
    package var description: String?
    /// What is needed, each a scope.
    package var scopes: [String] = []
    /// The address of the metadata of the protected resource.
    package var metadata: String

    package init(metadata: String, scopes: [String] = [], error: String? = nil, description: String? = nil) {
        self.metadata = metadata
        self.scopes = scopes
        self.error = error
        self.description = description
    }

    package var text: String {
        let scope = scopes.isEmpty ? nil : scopes.joined(separator: " ")
        let parameters = [
            ("error", error), ("error_description", description), ("resource_metadata", metadata), ("scope", scope),
        ]
        let written = parameters.compactMap { name, value in value.map { "\(name)=\"\(Self.quoted($0))\"" } }
        return "Bearer " + written.joined(separator: ", ")
    }

    /// RFC 6750 §3: printable ASCII without `"` and `\`.
    private static func quoted(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    let isFit = (0x20...0x7E).contains(scalar.value) && scalar != "\"" && scalar != "\\"
                    return isFit ? scalar : "'"
                }
            )
        )
    }
}
