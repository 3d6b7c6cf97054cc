import JSON
import OAuth

/// Where the keys are with which a client proves who it is.
package struct ClientKeys: Hashable, Sendable {
    enum Place: Hashable, Sendable {
        /// In the document itself.
        case within(JSON)
        case at(ClientDocumentID)
    }

    let place: Place
    /// The only algorithm that it signs by; nil for any.
    let algorithm: String?

    /// Nil where a document names none that can be used here, or in two ways.
    init?(_ document: JSON) {
        switch (document["jwks"], document["jwks_uri"]?.string.flatMap { ClientDocumentID($0) }) {
        case (let keys?, nil) where document["jwks_uri"] == nil: place = .within(keys)
        case (nil, let address?): place = .at(address)
        default: return nil
        }
        let algorithm = document["token_endpoint_auth_signing_alg"]
        guard algorithm.map({ ClientAssertion.algorithms.contains($0.string ?? "") }) ?? true else { return nil }
        self.algorithm = algorithm?.string
    }
}
