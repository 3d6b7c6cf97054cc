package import JSON
package import MCPClient

/// Several servers as one: what each offers has its name before it, and one that is down takes only its own away.
package struct MergedUpstream: Upstream {
    package let name = "all"
    private let parts: [(alias: ServerAlias, upstream: any Upstream)]
    private let info: JSON
    private let patience: Duration

    /// `info` is what the whole calls itself; `patience` is how long one server may keep the others waiting.
    package init(_ parts: [(alias: ServerAlias, upstream: any Upstream)], info: JSON, patience: Duration = .seconds(2))
    {
        self.parts = parts
        self.info = info
        self.patience = patience
    }

    package func sharingKey(for caller: BridgeCaller) -> String {
        parts.map { $0.upstream.sharingKey(for: caller) }.joined(separator: " ")
    }

    package func session(
        for client: RemoteClient,
        as caller: BridgeCaller,
        events: any RemoteSessionEvents
    ) -> any RemoteSession {
        MergedSession(
            parts.map { alias, upstream in
                let names = MergedNames(alias)
                let own = MergedEvents(events, names)
                return MergedMember(
                    alias: alias,
                    session: HandshakeView(upstream.session(for: client, as: caller, events: own), client),
                    names: names,
                    patience: MemberPatience(patience, own)
                )
            },
            info: info
        )
    }
}
