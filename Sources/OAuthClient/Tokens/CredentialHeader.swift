package import HTTP
package import Logging

/// How an access token is written into a request (RFC 6750 §2.1, unless a server wants it otherwise).
package struct CredentialHeader: Hashable, Sendable {
    package let name: String
    /// With `{token}` and `{token_type}`; empty for type, blank and token.
    package let template: String

    package init(name: String = "Authorization", template: String = "") {
        self.name = name
        self.template = template
    }

    /// `type` is written `Bearer` where the server spells it otherwise, or says nothing.
    package func fields(_ token: Secret, type: String? = nil) -> HTTPFields {
        let known = type.flatMap { ["bearer", "n_a", ""].contains($0.lowercased()) ? nil : $0 }
        let form = template.isEmpty ? "{token_type} {token}" : template
        var fields = HTTPFields()
        fields.append(name, Self.filled(form[...], ["{token_type}": known ?? "Bearer", "{token}": token.revealed]))
        return fields
    }

    /// In one pass, so that a token that looks like a place is left as it is.
    private static func filled(_ form: Substring, _ values: [String: String]) -> String {
        var (rest, text) = (form, "")
        while let first = rest.first {
            if let (place, value) = values.first(where: { rest.hasPrefix($0.key) }) {
                text += value
                rest = rest.dropFirst(place.count)
            } else {
                text.append(first)
                rest = rest.dropFirst()
            }
        }
        return text
    }
}
