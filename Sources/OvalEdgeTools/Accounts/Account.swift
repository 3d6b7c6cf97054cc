package import Logging
package import OvalEdge
package import Writes

/// What acts in one person's name: nothing that is in it is shared with another person.
package final class Account: WritingAccount {
    package typealias Opening = @Sendable () async throws(OvalEdgeError) -> OvalEdgeAPI

    /// Distinguishes accounts, and reveals nothing else of them; it is no part of a line that leaves this machine.
    ///
    /// Throws ``OvalEdgeError`` where it has no credentials.
    package let digest: @Sendable () throws -> String
    /// How errors are reported to those who use it.
    package let remedies: RemedyTexts
    /// Its redactor knows the secrets of this account and of the process, and of no other account.
    package let log: Log
    /// Its session at OvalEdge, where it is signed in before it is used.
    let session: TokenBroker?
    /// Where its session tokens come from, where the person presents others for them.
    private let delegation: DelegatedTokenSource?
    package let completions: CompletionCache
    package let formClients = FormClients()
    private let cache: ReadCache?
    private let open: Opening

    /// `open` is asked with every call: it may wait, and fails where there are no credentials to act with.
    ///
    /// `session` and `cache` are those of what it opens, where the account is one of many, and `delegation` is what
    /// `session` asks, where that is by tokens which the person presents.
    package init(
        digest: @escaping @Sendable () throws -> String,
        completions: CompletionCache = CompletionCache(),
        session: TokenBroker? = nil,
        delegation: DelegatedTokenSource? = nil,
        cache: ReadCache? = nil,
        remedies: RemedyTexts,
        log: Log,
        open: @escaping Opening
    ) {
        self.digest = digest
        self.completions = completions
        self.session = session
        self.delegation = delegation
        self.cache = cache
        self.remedies = remedies
        self.log = log
        self.open = open
    }

    /// An account for which nothing can be done, for this reason.
    package static func refused(_ error: OvalEdgeError, remedies: RemedyTexts, log: Log) -> Account {
        Account(digest: { throw error }, remedies: remedies, log: log) { () throws(OvalEdgeError) in throw error }
    }

    /// The person has signed in with this token, or goes on with it.
    func present(_ token: PresentedToken) {
        if delegation?.present(token) == true { session?.forget() }
    }

    /// Lets go of what can be read or made again, as an account that others are in use before.
    func rest() {
        cache?.dropReplies()
        completions.removeAll()
        log.redactor.rest()
    }

    /// The person's name at OvalEdge, where its session token has it; asks no one.
    package var userName: String? { session?.tokenInHand?.userName }

    /// The API that acts in its name; its lines in the log say `fields`, too.
    package func ovalEdge(logging fields: [Log.Field] = []) async throws(OvalEdgeError) -> OvalEdgeAPI {
        try await open().logging(fields)
    }
}
