/// What to ask of a server, as a value.
package struct HTTPRequest: Hashable, Sendable {
    package var method: HTTPMethod
    /// Absolute: scheme, host, path and query.
    package var url: String
    package var fields: HTTPFields
    package var body: [UInt8]
    /// Whether a second try does no harm: true for what only reads, false for what may have happened already.
    package var mayBeRepeated: Bool
    /// The longest time to wait for the whole answer, where that is less than the client's own limit.
    package var timeLimit: Duration?
    /// Once the body has this text, what has arrived is the whole answer: for a stream that stays open.
    package var bodyEnd: String?
    /// Where to connect, `address:port`, in place of what the host of the URL resolves to; its names stay those of the URL,
    /// and so does whose certificate is expected.
    package var connectTo: String?
    /// Whose share of the connections it takes from, where these are limited; nil for what waits for no one else.
    package var share: String?

    package init(
        _ method: HTTPMethod,
        _ url: String,
        fields: HTTPFields = [:],
        body: [UInt8] = [],
        mayBeRepeated: Bool? = nil
    ) {
        self.method = method
        self.url = url
        self.fields = fields
        self.body = body
        self.mayBeRepeated = mayBeRepeated ?? (method == .get)
    }

    /// Method and path without the query, which may hold what a log must not.
    package var summary: String { "\(method) \(URLText(url)?.path ?? "?")" }
}
