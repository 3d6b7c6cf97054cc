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

extension BearerChallenge {
    /// What a challenge says, by the names of its parameters in small letters (RFC 9110 §11.2); nil where it is not for
    /// bearer tokens.
    package static func parameters(of text: String) -> [String: String]? {
        let scheme = text.prefix { $0 != " " }
        guard scheme.lowercased() == "bearer" else { return nil }
        var rest = text[scheme.endIndex...]
        var parameters: [String: String] = [:]
        while true {
            rest = rest.drop { $0 == " " || $0 == "," || $0 == "\t" }
            let name = rest.prefix { !" ,=\"\t".contains($0) }
            rest = rest[name.endIndex...]
            // What has no value is not a parameter any more.
            guard !name.isEmpty, rest.first == "=" else { return parameters }
            rest = rest.dropFirst()
            parameters[name.lowercased()] = parameterValue(&rest)
        }
    }

    private static func parameterValue(_ rest: inout Substring) -> String {
        guard rest.first == "\"" else {
            let value = rest.prefix { $0 != "," && $0 != " " }
            rest = rest[value.endIndex...]
            return String(value)
        }
        var value = ""
        rest = rest.dropFirst()
        while let character = rest.popFirst(), character != "\"" {
            value.append(character == "\\" ? rest.popFirst() ?? character : character)
        }
        return value
    }
}
