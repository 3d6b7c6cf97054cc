package import HTTP
package import Logging
import Text

/// Where a caller's token is in their request.
package struct CallerToken: Hashable, Sendable {
    /// The field in which a proxy in front hands it over.
    package var fieldName: String
    /// Nil where cookies are not looked at.
    package var cookieName: String?
    /// What guards the bridge itself, and is no one's token.
    package var apiKey: Secret?

    package init(fieldName: String = "X-Auth-Request-Access-Token", cookieName: String? = nil, apiKey: Secret? = nil) {
        self.fieldName = fieldName
        self.cookieName = cookieName
        self.apiKey = apiKey
    }

    /// That field, else the cookie, else `Authorization: Bearer`.
    package func token(in fields: HTTPFields) -> Secret? {
        let bearer = Self.bearer(fields["Authorization"])
        let found =
            fields[fieldName].map { Self.bearer($0) ?? $0.trimmed }
            ?? cookieName.flatMap { Cookies(fields)[$0] } ?? bearer
        guard let found, !found.isEmpty, found != apiKey?.revealed else { return nil }
        return Secret(found)
    }

    /// What follows the scheme; nil for another scheme.
    static func bearer(_ value: String?) -> String? {
        guard let value, value.utf8.count > 7, value.prefix(7).lowercased() == "bearer " else { return nil }
        return value.dropFirst(7).trimmed
    }
}

/// The cookies of a request (RFC 6265 §5.4).
struct Cookies {
    private let values: [String: String]

    init(_ fields: HTTPFields) {
        let pairs = fields.values("Cookie").flatMap { $0.split(separator: ";") }.compactMap { pair in
            pair.firstIndex(of: "=").map { (pair[..<$0].trimmed, pair[pair.index(after: $0)...].trimmed) }
        }
        values = Dictionary(pairs) { first, _ in first }
    }

    subscript(_ name: String) -> String? { values[name] }
}
