package import JSON
import Text

/// Notes that a client carries back to this server: sealed, good for ten minutes and for one use.
///
/// They are good in every process that has the same seal and the same list of used ones.
package final class OneTimeTokens: Sendable {
    package static let lifetime = 600.0

    /// A token that was given out here and is not too old; it may have been used already.
    package struct Token: Sendable {
        package let content: JSON
        fileprivate let end: Double
        /// The first and last bytes of what was sealed, not the text: a text has several spellings of the same bytes.
        fileprivate let id: [UInt8]
    }

    package let seal: Seal
    private let used: any UsedTokens
    private let purpose: String
    private let now: @Sendable () -> Double

    /// What was given out for one `purpose` is no token for another.
    package init(
        seal: Seal,
        used: any UsedTokens = UsedTokensInMemory(),
        purpose: String,
        now: @escaping @Sendable () -> Double
    ) {
        self.seal = seal
        self.used = used
        self.purpose = purpose
        self.now = now
    }

    package func token(of content: JSON) throws(TokensUnavailable) -> String {
        let note: JSON = ["content": content, "end": .double(now() + Self.lifetime)]
        return Base64.encoded(try seal.sealed(note.bytes, for: purpose), .urlSafe)
    }

    package func read(_ text: String) throws(TokensUnavailable) -> Token? {
        guard let sealed = Base64.decoded(text), let plain = try seal.opened(sealed, for: purpose),
            let note = try? JSON(parsing: plain), let content = note["content"],
            let end = note["end"]?.double, now() < end
        else { return nil }
        // The random nonce and the code of a seal: no two have both.
        return Token(content: content, end: end, id: Array(sealed.prefix(12) + sealed.suffix(16)))
    }

    /// True for the first use.
    package func use(_ token: Token) async throws(TokensUnavailable) -> Bool {
        try await used.use(token.id, until: token.end, at: now())
    }
}
