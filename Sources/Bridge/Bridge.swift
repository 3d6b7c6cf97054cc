import HTTP
package import JSON
import JSONRPC
package import Logging
package import MCP
package import MCPClient

/// An MCP server for every client, in every revision, that is another server behind it.
///
/// It holds what outlives a connection: the sessions that requests without one share, and calls that wait for an answer of
/// their client. What belongs to one client is in its ``BridgeConnection``.
package final class Bridge: Sendable {
    let upstream: any Upstream
    package let pool: SessionPool
    package let catalog: Catalog
    let parked: ParkedCalls
    let options: BridgeOptions
    let log: Log

    package init(_ upstream: any Upstream, _ options: BridgeOptions = BridgeOptions(), log: Log = .none) {
        self.upstream = upstream
        self.options = options
        self.log = log
        pool = SessionPool(upstream, client: RemoteClient(info: options.info), idle: options.idle)
        catalog = Catalog(pool, life: options.listLife)
        parked = ParkedCalls(patience: options.answerPatience)
    }

    /// The bridge as one client sees it.
    ///
    /// Without `isLasting` it serves one message. With `session` a session of a revision with a handshake is open from the
    /// start.
    package func connection(
        for caller: BridgeCaller = .local,
        session: SessionState? = nil,
        isLasting: Bool = true
    ) -> BridgeConnection {
        BridgeConnection(self, caller, session, isLasting: isLasting)
    }

    /// Ends what requests share; connections end by themselves.
    package func close() async {
        parked.abandonAll()
        await pool.close()
    }
}

/// How a bridge behaves where its clients differ.
package struct BridgeOptions: Sendable {
    /// What the bridge calls itself where no client says who it is.
    package var info: JSON
    /// How long shared sessions are kept that no one uses.
    package var idle: Duration
    /// How long lists are kept of servers that do not say it themselves.
    package var listLife: Duration
    /// How long a call waits for its client to come back with an answer.
    package var answerPatience: Duration
    /// How long a person may take to answer a question of the server.
    package var questionLimit: Duration
    /// How long `initialize` waits for the server before it is answered with what was known of it; nil for as long as it
    /// takes.
    package var patience: Duration?
    /// What was known of the server when it was last spoken to.
    package var memory: (any ServerMemory)?
    /// How to sign in, as a sentence; with it, a client is shown a tool that says so while the server refuses.
    package var signInRemedy: String?

    package init(
        info: JSON = ["name": "oe-mcp-bridge", "version": "0"],
        idle: Duration = .seconds(300),
        listLife: Duration = .seconds(3600),
        answerPatience: Duration = .seconds(120),
        questionLimit: Duration = .seconds(600),
        patience: Duration? = nil,
        memory: (any ServerMemory)? = nil,
        signInRemedy: String? = nil
    ) {
        self.info = info
        self.idle = idle
        self.listLife = listLife
        self.answerPatience = answerPatience
        self.questionLimit = questionLimit
        self.patience = patience
        self.memory = memory
        self.signInRemedy = signInRemedy
    }
}

/// Keeps what a server says of itself from one process to the next; nothing of it is secret.
package protocol ServerMemory: Sendable {
    func recall() -> RemoteServer?
    func remember(_ server: RemoteServer)
}

extension RemoteFailure {
    /// Whether someone has to sign in before anything else can be done.
    package var needsSignIn: Bool {
        switch self {
        case .notSignedIn, .status(.unauthorized, _, _, _): true
        default: false
        }
    }
}
