import OvalEdge
import Text

extension FuzzTarget {
    /// Whatever a token says of its time, it is renewed before it ends and is not old when it comes.
    static let jwt = FuzzTarget("jwt") { bytes in
        try check(SessionToken(String(decoding: bytes, as: UTF8.self), receivedAt: now))
        // Most bytes are no token; as the payload of one they are read.
        try check(SessionToken("e30.\(Base64.encoded(bytes, .urlSafe)).c2ln", receivedAt: now))
    }

    private static let now = 1_800_000_000.0

    private static func check(_ token: SessionToken) throws {
        try hold(!token.expiry.isNaN && !token.renewal.isNaN, "A moment is no number.")
        try hold(token.expiry > now, "The end, \(token.expiry), has come already.")
        try hold(token.renewal <= token.expiry, "The renewal, \(token.renewal), is behind the end, \(token.expiry).")
        try hold(token.renewal >= now, "The renewal, \(token.renewal), is in the past.")
    }
}
