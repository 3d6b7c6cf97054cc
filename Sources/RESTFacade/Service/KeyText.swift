import Crypto

/// Texts that are compared by who must not learn from it.
enum KeyText {
    static func areEqual(_ one: String, _ other: String) -> Bool { Crypto.areEqual(Array(one.utf8), Array(other.utf8)) }
}
