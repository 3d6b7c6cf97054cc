package import HTTP
package import Logging
package import MCPClient

/// Calls a server with a token that the caller's own was exchanged for.
package struct ExchangedCredentials: RemoteCredentials {
    private let exchange: CallerExchange
    private let caller: Secret
    private let header: CredentialHeader

    package init(_ exchange: CallerExchange, caller: Secret, header: CredentialHeader = CredentialHeader()) {
        self.exchange = exchange
        self.caller = caller
        self.header = header
    }

    package func fields() async throws(RemoteFailure) -> HTTPFields {
        let exchanged = try await exchange.token(for: caller)
        return header.fields(exchanged.token, type: exchanged.type)
    }

    /// Exchanges once more after a 401; the server's word on what a token may do is not changed by another one.
    package func renew(
        _ fields: HTTPFields,
        challenge: String?,
        status: HTTPStatus
    ) async throws(RemoteFailure) -> Bool {
        guard status == .unauthorized else { return false }
        let current = try await exchange.token(for: caller)
        // Another call may have renewed it meanwhile.
        let sent = header.fields(current.token, type: current.type)[header.name]
        guard sent == fields[header.name] else { return true }
        exchange.refused(current.token, of: caller)
        let next = try await exchange.token(for: caller)
        return next.token != current.token
    }
}
