/// Which credential a request to the remote server carries (07 §3.1): the first that fits, and never a second one.
package struct CredentialPolicy: Hashable, Sendable {
    /// By the names that the log has for them.
    package enum Mode: String, CaseIterable, Sendable {
        /// What the caller's token was exchanged for.
        case exchange
        /// The token for callers that bring none.
        case anonymous
        /// The one token of the configuration.
        case fixed = "static"
        /// The caller's own.
        case forward
        /// That with which the bridge itself is signed in.
        case oauth
        case none
    }

    package let exchanges: Bool
    package let hasAnonymous: Bool
    package let hasFixed: Bool
    package let isSignedIn: Bool
    /// Whether no request carries any, for any caller.
    package let sendsNone: Bool

    package init(
        exchanges: Bool = false,
        hasAnonymous: Bool = false,
        hasFixed: Bool = false,
        isSignedIn: Bool = false,
        sendsNone: Bool = false
    ) {
        self.sendsNone = sendsNone
        self.exchanges = exchanges
        self.hasAnonymous = hasAnonymous
        self.hasFixed = hasFixed
        self.isSignedIn = isSignedIn
    }

    /// For a caller with or without a token of their own.
    package func mode(hasToken: Bool) -> Mode {
        if sendsNone { return .none }
        if hasToken, exchanges { return .exchange }
        if !hasToken, hasAnonymous { return .anonymous }
        if hasFixed { return .fixed }
        if hasToken { return .forward }
        return isSignedIn ? .oauth : .none
    }
}
