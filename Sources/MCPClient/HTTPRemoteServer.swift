package import HTTP
package import Logging

/// Which revisions are tried with a server.
package enum EraPreference: Hashable, Sendable {
    /// 2026-07-28 first, then the handshake.
    case either
    /// `initialize`, and nothing else.
    case handshake
    /// 2026-07-28, and nothing else.
    case stateless
}

/// Where an MCP server is that is spoken to over HTTP, and what holds for every session with it.
package struct HTTPRemoteServer: Sendable {
    /// Used as given.
    ///
    /// One whose path ends in `/sse` is spoken to as 2024-11-05 has it (HTTP+SSE); where there is no path, `/mcp`
    /// and the old form are tried too.
    package var url: String
    package var client: any HTTPReceivingClient
    package var credentials: any RemoteCredentials
    /// What every request carries in its header.
    ///
    /// The fields of a call stand behind them, those of the protocol and of the
    /// credentials before them.
    package var fields: @Sendable () -> HTTPFields
    package var era: EraPreference
    /// How long nothing comes for a call before it is given up; each notice of its progress begins it again.
    package var timeout: Duration
    /// How long a call may take in all.
    package var longest: Duration
    /// Of one message, in bytes.
    package var maxMessageBytes: Int
    /// Of one message with a list of tools, where that is less.
    package var maxListBytes = Int.max
    /// Whether changes are listened to that belong to no call: a connection for as long as the session is open.
    package var listens: Bool
    /// Whether it is called for many, of whom each has a share of the connections.
    package var sharesConnections = false
    package var log: Log
    let known: KnownEra
    private let streams: StreamPlaces?

    /// Of `mostStreams`, streams of all sessions that listen to changes, nil for no limit; `whenStreamed` is called with 1 for
    /// each that opens, and with -1 when it ends.
    package init(
        _ url: String,
        client: any HTTPReceivingClient,
        credentials: any RemoteCredentials = FixedCredentials(),
        fields: @escaping @Sendable () -> HTTPFields = { [:] },
        era: EraPreference = .either,
        timeout: Duration = .seconds(30),
        longest: Duration? = nil,
        maxMessageBytes: Int = 64 << 20,
        listens: Bool = true,
        mostStreams: Int? = nil,
        whenStreamed: @escaping @Sendable (Int) -> Void = { _ in },
        log: Log = .none
    ) {
        self.url = url
        self.client = client
        self.credentials = credentials
        self.fields = fields
        self.era = era
        self.timeout = timeout
        self.longest = longest ?? timeout * 10
        self.maxMessageBytes = maxMessageBytes
        self.listens = listens
        self.log = log
        known = KnownEra()
        streams = mostStreams.map { StreamPlaces($0, changed: whenStreamed) }
    }

    /// A session that nothing has been sent for yet; sessions of one value, and of its copies, share what they find out about
    /// the server's era and address.
    package func session(for client: RemoteClient, events: any RemoteSessionEvents) -> any RemoteSession {
        ClientSession(
            for: client,
            limits: limits,
            streams: streams,
            events: events,
            executor: self.client.executor,
            log: log
        ) { inbox in HTTPOpener(self, inbox) }
    }

    /// Of the answer to a request of this method, in bytes.
    func maxBytes(of method: String) -> Int {
        method == "tools/list" ? min(maxMessageBytes, maxListBytes) : maxMessageBytes
    }

    private var limits: CallLimits { CallLimits(silence: timeout, longest: longest) }
}
