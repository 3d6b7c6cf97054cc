/// Where all who use one credential leave its session token for each other: files, or a store on the network.
package protocol TokenStore: Sendable {
    /// Nil where nothing can be shared for lack of a credential.
    func opened(for credentials: Credentials, at baseURL: String) throws -> (any OpenTokenStore)?
}

/// The place of one credential.
package protocol OpenTokenStore: Sendable {
    /// Nil where no record can be used.
    func record() async throws -> TokenRecord?
    /// The right to exchange, which one has at a time; nil while another has it.
    func turn() async throws -> (any TokenTurn)?
}

package protocol TokenTurn: Sendable {
    /// False where another had a turn meanwhile, because this one took too long: then nothing is written.
    func write(_ record: TokenRecord) async throws -> Bool
    func release() async
}

/// The store cannot be reached at the moment, which is logged by the one that knows it.
package struct TokenStoreUnreachable: Error, Hashable {
    package init() {}
}
