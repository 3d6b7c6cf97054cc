package import Crypto
import JSON

/// All clients there are: those of the operator, those that registered, and those that have a document.
package final class ClientDirectory: Sendable {
    /// What is known of an id.
    package enum Finding: Sendable {
        case client(OAuthClient)
        /// Why it is unknown, as a clause, for the log.
        case none(String)
        /// Seconds until it can be looked for.
        case busy(Int)
    }

    /// Whether and how clients register; nil where they do not.
    private let registration: RedirectPolicy?
    private let fixed: StaticClients
    private let keys: @Sendable () -> KeySets
    package let documents: ClientDocuments

    package init(
        registration: RedirectPolicy?,
        fixed: StaticClients,
        documents: ClientDocuments,
        keys: @escaping @Sendable () -> KeySets
    ) {
        self.registration = registration
        self.fixed = fixed
        self.documents = documents
        self.keys = keys
    }

    package var takesRegistrations: Bool { registration != nil }

    /// Nil where no one may register.
    func register(_ json: JSON, scopes: [String], at now: Double) throws -> JSON? {
        try registered?.register(json, scopes: scopes, at: now)
    }

    /// `address` is who asks.
    package func client(_ id: String, for address: String) async throws(CryptoUnavailable) -> Finding {
        if let client = fixed.clients[id] { return .client(client) }
        if id.hasPrefix(RegisteredClients.prefix) {
            guard let registered else { return .none("clients do not register here") }
            return try registered.client(id).map { .client($0) }
                ?? .none("the id was not made here, or its redirects are gone")
        }
        guard let document = ClientDocumentID(id) else { return .none("the id is neither registered nor an address") }
        return switch await documents.client(document, for: address) {
        case .client(let client): .client(client)
        case .none(let why): .none("the document of \(document.host) is not taken: \(why)")
        case .busy(let seconds): .busy(seconds)
        }
    }

    private var registered: RegisteredClients? {
        registration.map { RegisteredClients(keys(), $0) }
    }
}
