import Crypto
import Text

/// For whom a request is made.
///
/// Who it is stays the same from request to request, and is what caches, sealed state and tokens are bound to; what they
/// may do, and until when, is that of this request.
package struct Principal: Hashable, Sendable {
    /// Who it is, whatever they may do.
    package struct ID: Hashable, Sendable {
        /// Who vouches for the subject, as the `iss` of a token does; nil for this process and for credentials of its own.
        package let issuer: String?
        /// Unique for its issuer, as the `sub` of a token is.
        package let subject: String
    }

    package let id: ID
    /// What they were granted; nil where nothing is granted by scopes.
    package let scopes: Set<String>?
    /// In seconds since 1970; nil where it has no end.
    package let expiry: Double?

    package init(_ subject: String, issuer: String? = nil, scopes: Set<String>? = nil, expiry: Double? = nil) {
        id = ID(issuer: issuer, subject: subject)
        self.scopes = scopes
        self.expiry = expiry
    }

    /// The person whose process this is: stdio.
    package static let local = Principal("local")
}

extension Principal: CustomStringConvertible {
    package var description: String { id.description }
}

extension Principal.ID {
    /// For lines of the log: a digest for who is known by an issuer, whose subjects may be addresses of people.
    package var label: String {
        guard let issuer else { return String(subject.prefix(8)) }
        return (try? Crypto.digest(Array("\(issuer)\0\(subject)".utf8)).prefix(4).hexadecimal) ?? "unknown"
    }
}

extension Principal.ID: CustomStringConvertible {
    package var description: String { issuer.map { "\(subject) of \($0)" } ?? subject }
}
