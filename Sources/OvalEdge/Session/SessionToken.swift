import Clock
package import JSON
package import Logging
import Text

/// A session token (a JWT) and the moments that matter: when it came, when it ends, when to fetch the next.
///
/// Times are seconds since 1970 on the clock of this machine. The token is read without verification: it is OvalEdge
/// that checks it, this side only reads how long it will be good.
package struct SessionToken: Hashable, Sendable {
    package let secret: Secret
    package let receivedAt: Double
    /// Infinite for a token that says nothing about its end.
    package private(set) var expiry: Double
    /// From here on the token is not used for new requests.
    package private(set) var renewal: Double
    /// Whether another process fetched it, so that it is unknown here whether it is still good.
    package let isAdopted: Bool

    /// A token that cannot be read is taken to live this long, so that it is neither trusted forever nor fetched again
    /// before every request.
    private static let lifeIfUnknown = 300.0
    private static let margin = 60.0
    private static let shortLife = 300.0

    package init(_ text: String, receivedAt: Double, isAdopted: Bool = false) {
        self.isAdopted = isAdopted
        secret = Secret(text)
        self.receivedAt = receivedAt
        let (start, life) = Self.span(of: text, receivedAt: receivedAt)
        expiry = start + life
        renewal = Self.renewal(start: start, life: life)
    }

    /// The same, not used after `end`, when what it was got by has ended.
    package func ending(by end: Double) -> SessionToken {
        guard end < expiry else { return self }
        var token = self
        token.expiry = end
        // Nothing better is to be had before.
        token.renewal = min(renewal, end)
        return token
    }

    /// A minute before the end; for a short life a twentieth before it, so that nearly all of the life is used.
    private static func renewal(start: Double, life: Double) -> Double {
        start + life - (life < shortLife ? life / 20 : margin)
    }

    /// When the token's life began, and how long it is.
    ///
    /// The clocks of two machines rarely agree. A life is counted from `iat` or from the receipt, whichever is earlier;
    /// where that would make a new token old already, from the receipt.
    private static func span(of text: String, receivedAt: Double) -> (start: Double, life: Double) {
        guard let claims = claims(of: text) else { return (receivedAt, lifeIfUnknown) }
        guard let end = time(claims["exp"]) else { return (receivedAt, .infinity) }
        let issued = time(claims["iat"]).flatMap { $0 < end ? $0 : nil }
        let life = end - (issued ?? receivedAt)
        guard end > 0, life > 0 else { return (receivedAt, lifeIfUnknown) }
        let start = min(issued ?? receivedAt, receivedAt)
        let isOldAlready = renewal(start: start, life: life) <= receivedAt
        return (isOldAlready ? receivedAt : start, life)
    }

    /// The payload of a compact JWT; nil for anything else.
    package static func claims(of text: String) -> JSON? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let bytes = Base64.decoded(parts[1]), let claims = try? JSON(parsing: bytes),
            claims.object != nil
        else { return nil }
        return claims
    }

    /// Whose it is, where it says so in a way that can be shown.
    package var userName: String? {
        let claims = Self.claims(of: secret.revealed)
        let names = ["preferred_username", "username", "sub"].lazy.compactMap { claims?[$0]?.string }
        return names.first { name in
            (1...Self.longestName).contains(name.utf8.count)
                && name.unicodeScalars.allSatisfy {
                    $0.isASCII ? (0x21...0x7E).contains($0.value) : $0.properties.isAlphabetic
                }
        }
    }

    private static let longestName = 64

    /// Whole or fractional seconds; some servers write them as text.
    private static func time(_ claim: JSON?) -> Double? {
        let time = claim?.double ?? claim?.string.flatMap { Double($0) }
        return time.flatMap { $0.isFinite ? $0 : nil }
    }

    /// Whether a refusal may only mean that the token has ended, since clocks and whole seconds are not exact.
    func mayHaveEnded(at now: Double) -> Bool { now >= receivedAt + life * 0.8 }

    /// How long it was good when it came.
    package var life: Double { expiry - receivedAt }

    /// The same in minutes, rounded down; nil for an end too far away to matter.
    package var wholeMinutes: Int? { life < Self.foreseeable ? Int(clamping: life / 60) : nil }

    /// A hundred years.
    private static let foreseeable = 100 * 365.25 * 86_400
}
