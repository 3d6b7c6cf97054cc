/// What a person agreed to: which client may do what, for how long.
///
/// No secret is in it: of tokens it has digests, and what it seals opens with a live token only.
package struct GrantRecord: Hashable, Sendable {
    /// 22 characters, which its tokens carry.
    package let id: String
    package let client: GrantedClient
    /// By which people know whose it is.
    package let subject: String
    /// By which all grants of one person are found; a keyed digest.
    package let owner: [UInt8]
    package let scopes: [String]
    package let resource: String
    /// In seconds since 1970, as all times here.
    package let created: Double
    /// When it ends however much it is used.
    package let end: Double
    /// When it ends unless a token of it is renewed.
    package var idleEnd: Double
    /// What its tokens open.
    package var box: [UInt8]
    /// Nil before the code was exchanged, and for clients that get no refresh token.
    package var refresh: RefreshState?
    /// Nil before the first token.
    package var lastIssue: Double?
    package var revocation: GrantRevocation?

    package init(
        id: String,
        client: GrantedClient,
        subject: String,
        owner: [UInt8],
        scopes: [String],
        resource: String,
        created: Double,
        end: Double,
        idleEnd: Double,
        box: [UInt8]
    ) {
        self.id = id
        self.client = client
        self.subject = subject
        self.owner = owner
        self.scopes = scopes
        self.resource = resource
        self.created = created
        self.end = end
        self.idleEnd = idleEnd
        self.box = box
    }

    /// Whether there are tokens of it: not before the code was exchanged, nor after its revocation.
    package var isInUse: Bool { lastIssue != nil && revocation == nil }
}

/// A client as it was when the person agreed.
package struct GrantedClient: Hashable, Sendable {
    package let id: String
    package let name: String
    /// Where codes went: scheme, host and port.
    package let origin: String

    package init(id: String, name: String, origin: String) {
        self.id = id
        self.name = name
        self.origin = origin
    }
}

/// Why and when a grant was taken back.
package struct GrantRevocation: Hashable, Sendable {
    package enum Reason: String, Sendable {
        /// A refresh token was used again although it had been replaced.
        case refreshTokenReuse = "refresh_token_reuse"
        /// A code was used again.
        case codeReuse = "code_reuse"
        case client, person, `operator`
        /// The person has more grants than there is room for.
        case tooMany = "too_many"
        /// What was sealed in it is not accepted any more.
        case credentialRefused = "credential_refused"
    }

    package let reason: Reason
    package let time: Double
}

/// A key that a token opens, and by which key set it was sealed.
package struct WrappedKey: Hashable, Sendable {
    package let keySet: String
    package let bytes: [UInt8]
}

/// The refresh token that is good, and the one before it.
package struct RefreshState: Hashable, Sendable {
    package struct Former: Hashable, Sendable {
        package let hash: [UInt8]
        package let replaced: Double
        package var repeats: Int
    }

    /// Counts up from 1 with every rotation.
    package let generation: Int
    /// SHA-256 of the token's secret.
    package let hash: [UInt8]
    package let end: Double
    package let key: WrappedKey
    /// The key set by which it follows from the one before; empty for the first.
    package let successorKeySet: String
    package var former: Former?
}

/// What one access token is good for.
package struct AccessRecord: Hashable, Sendable {
    package let grant: String
    package let scopes: [String]
    package let end: Double
    package let key: WrappedKey
}

/// An authorization code, also for a while after it was used.
package struct CodeRecord: Hashable, Sendable {
    package let grant: String
    package let client: String
    package let redirectURI: String
    /// Of PKCE with S256.
    package let challenge: String
    package let resource: String
    package let mayRefresh: Bool
    package let end: Double
    package let key: WrappedKey
    package var failures = 0
    package var used: Double?
}

/// A sign-in that is not decided yet.
package struct TransactionRecord: Hashable, Sendable {
    package let id: String
    /// Of whom there is room for so many only.
    package let address: String
    package let end: Double
    /// Whatever the endpoints keep, sealed by them.
    package var content: [UInt8]

    package init(id: String, address: String, end: Double, content: [UInt8]) {
        self.id = id
        self.address = address
        self.end = end
        self.content = content
    }
}
