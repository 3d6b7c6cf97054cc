import Crypto
package import Logging
import Text

/// The user token and secret of one OvalEdge account: where they came from, never what they are.
///
/// Either may be missing, because a server without credentials still starts, lists its tools and says what it lacks.
package struct Credentials: Hashable, Sendable {
    package let userToken: Secret?
    package let userSecret: Secret?
    /// Such as `environment` or the name of a file, for `doctor`.
    package let origin: String?

    /// Spaces around a value are not part of it, and a blank value is a missing one.
    package init(userToken: Secret?, userSecret: Secret?, origin: String? = nil) {
        self.userToken = Self.trimmed(userToken)
        self.userSecret = Self.trimmed(userSecret)
        self.origin = origin
    }

    /// Distinguishes accounts and reveals nothing else of them.
    ///
    /// The secret is no part of it, so that a copy of the audit log is no test for guesses of a weak one; the user token
    /// is made by OvalEdge and cannot be guessed.
    package func accountDigest(at baseURL: String) throws -> String {
        guard let userToken else { throw OvalEdgeError.notSet(missing) }
        let key = try Crypto.derivedKey(
            from: Array(userToken.revealed.utf8),
            purpose: "oe-mcp audit log: name of the account"
        )
        return try Crypto.authentication(of: Array(baseURL.utf8), key: key).prefix(16).hexadecimal
    }

    /// What still needs a value.
    var missing: [String] {
        [userToken == nil ? "the user token" : nil, userSecret == nil ? "the user secret" : nil].compactMap { $0 }
    }

    private static func trimmed(_ secret: Secret?) -> Secret? {
        guard let text = secret?.revealed.trimmed, !text.isEmpty else { return nil }
        return Secret(text)
    }
}
