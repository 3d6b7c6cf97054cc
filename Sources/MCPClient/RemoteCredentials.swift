package import HTTP

/// What says to a server who calls; the only place a token comes from.
package protocol RemoteCredentials: Sendable {
    /// The header fields for one request, renewed where they are about to end.
    func fields() async throws(RemoteFailure) -> HTTPFields

    /// The server has refused a request that carried `fields`, with this `WWW-Authenticate`: true where other ones are there
    /// now, with which the request is worth one more try.
    func renew(_ fields: HTTPFields, challenge: String?, status: HTTPStatus) async throws(RemoteFailure) -> Bool
}

/// The same fields for all requests, or none.
package struct FixedCredentials: RemoteCredentials {
    private let constant: HTTPFields

    package init(_ fields: HTTPFields = [:]) { constant = fields }

    package func fields() async throws(RemoteFailure) -> HTTPFields { constant }

    package func renew(_: HTTPFields, challenge _: String?, status _: HTTPStatus) async throws(RemoteFailure) -> Bool {
        false
    }
}
