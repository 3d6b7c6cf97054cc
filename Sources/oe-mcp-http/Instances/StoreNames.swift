import Crypto
import Text

/// The names of keys in the store: digests under a key of the instances, which are no test for guesses.
///
/// All keys of one thing have the same tag in braces, so that they are on the same node of a cluster.
struct StoreNames: Sendable {
    private let key: [UInt8]

    init(key: [UInt8]) { self.key = key }

    /// The common part of all keys of one thing; `kind` keeps things of different kinds apart.
    func name(of kind: String, _ parts: String...) throws(CryptoUnavailable) -> String {
        let text = ([kind] + parts).joined(separator: "\0")
        let digest = try Crypto.authentication(of: Array(text.utf8), key: key).prefix(16).hexadecimal
        return "oe-mcp:{\(digest)}:"
    }
}
