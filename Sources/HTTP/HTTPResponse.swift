/// What a server answered, as a value; its body is whole and decompressed.
package struct HTTPResponse: Hashable, Sendable {
    package var status: HTTPStatus
    package var fields: HTTPFields
    package var body: [UInt8]

    package init(_ status: HTTPStatus, fields: HTTPFields = [:], body: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    package init(_ status: HTTPStatus, fields: HTTPFields = [:], text: String, type: String = "text/plain") {
        self.init(status, fields: fields, body: Array(text.utf8))
        self.fields["Content-Type"] = type
    }

    package var text: String { String(decoding: body, as: UTF8.self) }

    /// The media type without its parameters, in lower case.
    package var mediaType: String? { fields.mediaType }
}
