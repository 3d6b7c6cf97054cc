/// Why a sign-in has failed.
package struct SignInFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What can be done about it depends on this; the words for that belong to the program.
    package enum Kind: Hashable, Sendable {
        /// The server, or the authorization server, does not answer, or not now.
        case unreachable
        /// What a server publishes of itself cannot be used.
        case metadata
        /// The server takes requests without a token.
        case notNeeded
        /// The authorization server takes none of the ways in which a client becomes known.
        case noRegistration
        /// It does not know this client, or not this redirect address.
        case clientRefused
        /// It has not issued a token; its own code.
        case refused(code: String)
        /// The person has declined.
        case denied
        /// The person has not come back in time.
        case timedOut
        /// What came back was not for this sign-in.
        case notOurs
        case portBusy(Int)
        /// Nothing can be listened on here.
        case noListener
        /// It lists no way for devices without a browser.
        case noDeviceCode
        /// The folder of sign-ins cannot be used.
        case store
        case cancelled
    }

    package let kind: Kind
    /// One sentence.
    package let description: String

    package init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    /// Whether the cause may be that the server does not know the client any more.
    var mayBeTheClient: Bool {
        switch kind {
        case .timedOut, .refused(code: "unauthorized_client"), .refused(code: "invalid_client"): true
        default: false
        }
    }
}
