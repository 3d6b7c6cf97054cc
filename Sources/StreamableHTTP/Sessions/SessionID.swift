import JSON
import MCP
import Text

/// What a session id says: sealed, so that each process with the key can go on with the session, after a restart as well.
struct SessionID: Hashable, Sendable {
    let principal: Principal.ID
    let state: SessionState
    /// In seconds since 1970.
    let end: Double

    private static let purpose = "session"
    /// What a client declares beyond this is not carried along.
    private static let mostBytes = 2048

    /// In visible ASCII; nil where it cannot be sealed.
    func sealed(by seal: Seal) -> String? {
        let capabilities = state.clientCapabilities
        let content = JSON.members(
            ("issuer", principal.issuer.map { .string($0) }),
            ("subject", .string(principal.subject)),
            ("revision", .string(state.revision.rawValue)),
            ("capabilities", capabilities.bytes.count > Self.mostBytes ? Self.abridged(capabilities) : capabilities),
            ("client", state.clientName.map { .string($0) }),
            ("log", state.logLevel.map { .string($0.rawValue) }),
            ("end", .double(end))
        )
        return (try? seal.sealed(content.bytes, for: Self.purpose)).map { Base64.encoded($0, .urlSafe) }
    }

    /// Nil for what was not sealed here, or was changed since; Base64 can say the same in several ways, of which one is it.
    init?(_ text: String, _ seal: Seal) {
        guard text.utf8.count < 8192, let sealed = Base64.decoded(text), Base64.encoded(sealed, .urlSafe) == text,
            let plain = try? seal.opened(sealed, for: Self.purpose), let content = try? JSON(parsing: plain),
            let subject = content["subject"]?.string, let end = content["end"]?.double,
            let revision = content["revision"]?.string.flatMap({ Revision(rawValue: $0) })
        else { return nil }
        self.init(
            principal: Principal(subject, issuer: content["issuer"]?.string).id,
            state: SessionState(
                revision,
                clientCapabilities: content["capabilities"] ?? [:],
                clientName: content["client"]?.string,
                logLevel: content["log"]?.string.flatMap { ClientLog.Level(rawValue: $0) }
            ),
            end: end
        )
    }

    init(principal: Principal.ID, state: SessionState, end: Double) {
        self.principal = principal
        self.state = state
        self.end = end
    }

    /// The names of what the client can do, and no more of it.
    private static func abridged(_ capabilities: JSON) -> JSON {
        let known = ["elicitation", "sampling", "roots"]
        return .object(JSONObject(known.filter { capabilities[$0] != nil }.map { .init($0, [:]) }))
    }
}
