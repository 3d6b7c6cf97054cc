import JSON
import OvalEdge

extension FuzzTarget {
    /// Whatever a sign-in answers, what is taken for a token can be sent, and is read the same in other wrappings.
    static let tokenReply = FuzzTarget("token-reply") { bytes in
        guard case .token(let token) = TokenReply(bytes) else { return }
        try hold(!token.isEmpty, "A token is empty.")
        try hold(token.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "A token cannot stand in a header: \(token)")
        let wrapped: JSON = ["success": true, "data": ["token": .string(token)]]
        guard let first = token.first, !"{[\"<".contains(first) else { return }
        let plain = TokenReply(JSON.string(token).bytes)
        try hold(plain == TokenReply(wrapped.bytes), "Wrapped, the token is another: \(token)")
    }
}
