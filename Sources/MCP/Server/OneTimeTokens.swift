package import Crypto
package import JSON
import Synchronization
import Text

/// Notes that a client carries back to this server: sealed, good for ten minutes and for one use.
package final class OneTimeTokens: Sendable {
    package static let lifetime = 600.0

    /// A token that was given out here and is not too old; it may have been used already.
    package struct Token: Sendable {
        package let content: JSON
        fileprivate let end: Double
        /// The bytes, not the text: a text has several spellings of the same bytes.
        fileprivate let sealed: [UInt8]
    }

    package let seal: Seal
    private let purpose: String
    private let now: @Sendable () -> Double
    /// What came back, with the second in which each would have ended anyway.
    private let used = Mutex<[[UInt8]: Double]>([:])

    /// What was given out for one `purpose` is no token for another.
    package init(seal: Seal, purpose: String, now: @escaping @Sendable () -> Double) {
        self.seal = seal
        self.purpose = purpose
        self.now = now
    }

    package func token(of content: JSON) throws(CryptoUnavailable) -> String {
        let note: JSON = ["content": content, "end": .double(now() + Self.lifetime)]
        return Base64.encoded(try seal.sealed(note.bytes, for: purpose), .urlSafe)
    }

    package func read(_ text: String) throws(CryptoUnavailable) -> Token? {
        guard let sealed = Base64.decoded(text), let plain = try seal.opened(sealed, for: purpose),
            let note = try? JSON(parsing: plain), let content = note["content"],
            let end = note["end"]?.double, now() < end
        else { return nil }
        return Token(content: content, end: end, sealed: sealed)
    }

    /// True for the first use.
    package func use(_ token: Token) -> Bool {
        let now = now()
        return used.withLock { used in
            if used.count > 1_000 { used = used.filter { $0.value > now } }
            return used.updateValue(token.end, forKey: token.sealed) == nil
        }
    }
}
