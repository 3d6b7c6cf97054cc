package import Bridge
package import HTTP
package import HTTPServer
package import Logging
import MCP
package import StreamableHTTP

/// Who calls, by the header of a request alone: those with the same token are the same.
package struct Callers: Sendable {
    private let token: CallerToken
    private let apiKey: Secret?
    /// Why the bearer of this token may not call; nil where they may.
    package typealias Admission = @Sendable (Secret?) async -> HTTPRefusal?
    /// Nil where it does not matter who calls.
    let admission: Admission?

    package init(_ token: CallerToken, apiKey: Secret? = nil, admission: Admission? = nil) {
        self.token = token
        self.apiKey = apiKey
        self.admission = admission
    }

    package func caller(_ fields: HTTPFields) -> BridgeCaller {
        guard let token = token.token(in: fields) else {
            return BridgeCaller(key: BridgeCaller.noOne.key, fields: fields)
        }
        return BridgeCaller(key: DigestText.of([token.revealed]), token: token, fields: fields)
    }

    /// Whether the key of the bridge was brought, or none is wanted.
    package func areAllowed(_ fields: HTTPFields) -> Bool {
        guard let apiKey else { return true }
        let brought = [fields["X-API-Key"], CallerToken.bearer(fields["Authorization"])].compactMap { $0 }
        return brought.contains { KeyText.areEqual($0, apiKey.revealed) }
    }
}

/// Says to the MCP endpoint who calls; the key of the bridge has been looked at before.
package struct BridgeAuthenticator: Authenticator {
    private let callers: Callers

    package init(_ callers: Callers) { self.callers = callers }

    package let credentialFields = ["Authorization", "X-API-Key"]
    package func presents(_ head: HTTPRequestHead) -> Bool { callers.caller(head.fields).token != nil }

    package func authenticate(_ head: HTTPRequestHead) -> Authentication {
        let caller = callers.caller(head.fields)
        guard let admission = callers.admission else { return .accepted(Caller(Principal(caller.key))) }
        return .later {
            if let refusal = await admission(caller.token) { return .refused(refusal) }
            return .accepted(Caller(Principal(caller.key)))
        }
    }

    package func review(of head: HTTPRequestHead) -> (@Sendable () async -> Bool)? {
        guard let admission = callers.admission else { return nil }
        let token = callers.caller(head.fields).token
        return { await admission(token) == nil }
    }
}
