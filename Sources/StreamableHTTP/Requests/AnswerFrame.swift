import HTTP

/// What every answer to one request has in its head, a refusal of the library as well.
struct AnswerFrame: Sendable {
    let id: String
    /// Nil for what comes from no page, or from one that is not allowed.
    let origin: String?
    /// Nil where answers say nothing to pages of other origins.
    let crossOrigin: CrossOrigin?
    /// Asked when there is an answer: the server may have begun to stop since the request came.
    let closes: @Sendable () -> Bool
    /// The server stops, and takes nothing new.
    let refuses: Bool

    func fields(_ own: HTTPFields = [:]) -> HTTPFields {
        var fields = own
        fields.reserveCapacity(own.all.count + 8)
        fields.appendOneLine("X-Content-Type-Options", "nosniff")
        fields.appendOneLine("X-Request-Id", id)
        if let crossOrigin {
            fields.appendOneLine("Vary", "Origin")
            if let origin { crossOrigin.mark(&fields, for: origin) }
        }
        if closes() { fields["Connection"] = "close" }
        return fields
    }

    /// With a body of JSON.
    func response(_ status: HTTPStatus, _ body: [UInt8], _ own: HTTPFields = [:]) -> HTTPResponse {
        var fields = fields(own)
        fields.appendOneLine("Content-Type", "application/json")
        fields.appendOneLine("Cache-Control", "no-store")
        return HTTPResponse(status, fields: fields, body: body)
    }

    /// `asked` are the fields that a page is going to send.
    func preflightFields(asked: String?) -> HTTPFields {
        guard let crossOrigin, origin != nil else { return ["Allow": CrossOrigin.methods] }
        var fields = HTTPFields()
        crossOrigin.markPreflight(&fields, asked: asked)
        return fields
    }
}
