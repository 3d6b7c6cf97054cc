package import JSONRPC

/// One client's conversation with what is served, as far as its carrier has to know it.
package protocol ServedConnection: RequestHandler {
    /// What `initialize` agreed to, once it has.
    var sessionState: SessionState? { get }

    /// Goes on with a session that was opened elsewhere: what was agreed to holds.
    func resume(_ state: SessionState, in exchange: Exchange)

    /// Nothing more comes: the session is over.
    func ended()
}

extension ServedConnection {
    package func ended() {}
}
