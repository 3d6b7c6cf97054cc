import Clock
import JSON
import MCP
import Synchronization
import Text

/// The tokens that tie a person's consent to the preview they saw: sealed, for ten minutes, for one use, and for exactly
/// this change by this account.
final class ConfirmationTokens: Sendable {
    static let lifetime = 600.0

    let seal: Seal
    private let now: @Sendable () -> Double
    private let used = Mutex<[String: Double]>([:])

    init(seal: Seal, now: @escaping @Sendable () -> Double) {
        self.seal = seal
        self.now = now
    }

    func token(for write: Write, by account: String) throws -> String {
        let content: JSON = [
            "write": .string(try write.digest(for: account, seal)), "end": .double(now() + Self.lifetime),
        ]
        return Base64.encoded(try seal.sealed(content.bytes, for: Self.purpose), .urlSafe)
    }

    /// True once for a token that was given out for this change; a wrong one is not told why.
    func redeem(_ token: String, for write: Write, by account: String) throws -> Bool {
        let now = now()
        guard let sealed = Base64.decoded(token), let plain = try seal.opened(sealed, for: Self.purpose),
            let content = try? JSON(parsing: plain), let end = content["end"]?.double, now < end,
            content["write"]?.string == (try write.digest(for: account, seal))
        else { return false }
        return used.withLock { used in
            used = used.filter { $0.value > now }
            // The bytes, not the text: a text has several spellings of the same bytes.
            return used.updateValue(end, forKey: Base64.encoded(sealed)) == nil
        }
    }

    private static let purpose = "confirmation token"
}
