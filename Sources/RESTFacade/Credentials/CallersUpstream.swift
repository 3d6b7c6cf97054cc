package import Bridge
import Crypto
package import HTTP
import JSON
package import Logging
package import MCPClient
import Text

/// A remote server that is called for many: with the credential that the policy has for each, and their forwarded fields.
package struct CallersUpstream: Upstream {
    package typealias Credentials = @Sendable (CredentialPolicy.Mode, Secret?) -> any RemoteCredentials

    package let name: String
    private let server: HTTPRemoteServer
    package let policy: CredentialPolicy
    private let forwarded: ForwardedFields
    private let constant: HTTPFields
    private let credentials: Credentials

    /// `server` is a pattern without credentials; `constant` fields count more than forwarded ones, `credentials` makes
    /// those of a mode for the caller's token.
    package init(
        _ name: String,
        _ server: HTTPRemoteServer,
        policy: CredentialPolicy,
        forwarding forwarded: ForwardedFields = ForwardedFields(),
        constant: HTTPFields = [:],
        credentials: @escaping Credentials
    ) {
        self.name = name
        self.server = server
        self.policy = policy
        self.forwarded = forwarded
        self.constant = constant
        self.credentials = credentials
    }

    package var executor: any TaskExecutor { server.client.executor }

    package func session(
        for client: RemoteClient,
        as caller: BridgeCaller,
        events: any RemoteSessionEvents
    ) -> any RemoteSession {
        var own = server
        own.sharesConnections = true
        let mode = policy.mode(hasToken: caller.token != nil)
        own.credentials = credentials(mode, caller.token)
        let fields = fields(of: caller)
        own.fields = { fields.session }
        return own.session(for: client, events: events)
    }

    /// Callers with the same credential and the same fields: a token of the configuration is shared by all.
    package func sharingKey(for caller: BridgeCaller) -> String {
        let mode = policy.mode(hasToken: caller.token != nil)
        let token = [.exchange, .forward].contains(mode) ? caller.token?.revealed ?? "" : ""
        let fields = fields(of: caller).session.all.map { "\($0.name.lowercased()):\($0.value)" }.sorted()
        // There is nothing in it that must not be seen, and all requests ask.
        guard !token.isEmpty || !fields.isEmpty else { return mode.rawValue }
        return DigestText.of([mode.rawValue, token] + fields)
    }

    /// What only this request of theirs carries.
    package func requestFields(of caller: BridgeCaller) -> HTTPFields { fields(of: caller).request }

    /// The names of all fields that go on for this caller, but for those of the protocol.
    package func fieldNames(of caller: BridgeCaller) -> [String] {
        let (session, request) = fields(of: caller)
        return (session.all + request.all).map { $0.name }
    }

    private func fields(of caller: BridgeCaller) -> (session: HTTPFields, request: HTTPFields) {
        let mode = policy.mode(hasToken: caller.token != nil)
        var (session, request) = forwarded.fields(
            of: caller.fields,
            takesAuthorization: forwarded.namesAuthorization && !policy.sendsNone && [.forward, .none].contains(mode)
        )
        for field in constant.all {
            request[field.name] = nil
            session[field.name] = field.value
        }
        return (session, request)
    }
}

/// A digest of several texts, in hexadecimal digits, each with its length before it.
enum DigestText {
    static func of(_ texts: [String]) -> String {
        let text = texts.map { "\($0.utf8.count):\($0)" }.joined()
        // Without the library nothing is shared at all.
        guard let digest = try? Crypto.digest(Array(text.utf8)) else { return "\(UInt64.random(in: 0...(.max)))" }
        return digest.hexadecimal
    }
}
