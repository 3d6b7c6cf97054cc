import JSON
import TestSupport
import Testing

/// A place in an answer of OvalEdge, or of what is in front of it, that can repeat what it was sent.
struct EchoPlace: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// The whole answer as it goes over the wire.
    private let answer: @Sendable (_ echo: String) -> String
    private let isBrokenOff: Bool

    private init(_ name: String, isBrokenOff: Bool = false, _ answer: @escaping @Sendable (_ echo: String) -> String) {
        testDescription = name
        self.isBrokenOff = isBrokenOff
        self.answer = answer
    }

    func say(_ echo: String, to connection: Connection) {
        connection.write(answer(echo))
        if isBrokenOff { connection.end() }
    }

    static let all = refusals + findings

    /// How far back a secret stands, so that the cuts that keep answers short fall before, into and behind it.
    private static let lengths = [0, 40, 70, 110, 150, 180, 192, 240, 290, 296]

    /// Answers that say no.
    static let refusals: [EchoPlace] =
        ["400 Bad Request", "403 Forbidden", "404 Not Found", "409 Conflict", "429 Too Many Requests", "500 Oops"].map {
            status in
            EchoPlace("the message of \(status)") { response(status, ["message": .string("who is \($0)?")]) }
        }
        + lengths.map { length in
            let filler = String(repeating: "x", count: length)
            return EchoPlace("a message behind \(length) letters") {
                response("500 Oops", ["error": .string(filler + $0)])
            }
        }
        + lengths.map { length in
            let filler = String(repeating: "x", count: length)
            return EchoPlace("a refusal behind \(length) letters") {
                response("200 OK", ["ok": false, "error": .string(filler + $0)])
            }
        } + [
            EchoPlace("the code") { response("500 Oops", ["message": "no", "code": .string($0)]) },
            EchoPlace("a code beside \"ok\"") { response("200 OK", ["ok": false, "code": .string($0)]) },
            EchoPlace("a member's name") { response("500 Oops", .members(($0, "x"))) },
            EchoPlace("the status line") { response("500 \($0)", text: "") },
            EchoPlace("plain text") { response("502 Bad Gateway", text: "no route for \($0)", type: "text/plain") },
            EchoPlace("a page") { response("502 Bad Gateway", text: "<h1>\($0)</h1>", type: "text/html") },
            EchoPlace("a page that says it is fine") { response("200 OK", text: "<h1>\($0)</h1>", type: "text/html") },
            EchoPlace("the content type") { response("200 OK", text: $0, type: $0) },
            EchoPlace("broken JSON") { response("200 OK", text: #"{"data":"\#($0)"#) },
            EchoPlace("JSON that is no object") { response("200 OK", .string($0)) },
            EchoPlace("JSON of another form") { response("200 OK", ["data": .string($0)]) },
            EchoPlace("fields") { echo in
                let fields = ["X-Request-Id", "Retry-After", "WWW-Authenticate", "Set-Cookie", "Server"].map {
                    "\($0): \(echo)"
                }
                return response("503 Busy", text: "", fields: fields)
            },
            EchoPlace("a redirect's address") {
                response("302 Found", text: "", fields: ["Location: https://sso.example/?t=\($0)"])
            },
            EchoPlace("a redirect's host") {
                response("302 Found", text: "", fields: ["Location: https://\($0).example/"])
            },
            EchoPlace("a redirect's user") {
                response("302 Found", text: "", fields: ["Location: https://u:\($0)@sso.example/"])
            },
            EchoPlace("a line that is no HTTP") { "\($0)\r\n\r\n" },
            EchoPlace("an answer that breaks off", isBrokenOff: true) {
                "HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{\"message\":\"\($0)"
            },
        ]

    /// Answers that hold what was asked for.
    static let findings: [EchoPlace] =
        lengths.map { length in
            let filler = String(repeating: "x ", count: length / 2)
            return EchoPlace("a text behind \(length) letters") { found(["text": .string(filler + $0)]) }
        } + [
            EchoPlace("a title") { found(["text": "x", "title": .string($0)]) },
            EchoPlace("a link") {
                found(["text": "x", "title": "y", "url": .string("https://docs.example/?t=\($0)")])
            },
            EchoPlace("a text of several lines") { found(["text": .string("- \($0)\n- \($0)")]) },
            EchoPlace("a text in HTML") { found(["text": .string("<p>\($0)</p>")]) },
            EchoPlace("a member that nobody knows") { found(["text": "x", "more": [.string($0)]]) },
            EchoPlace("a member's name in what was found") { found(.members(("text", "x"), ($0, "y"))) },
        ]

    private static func found(_ passage: JSON) -> String {
        response("200 OK", ["ok": true, "data": ["platformDocs": [passage]]])
    }

    private static func response(_ status: String, _ json: JSON) -> String { response(status, text: json.text) }

    private static func response(
        _ status: String,
        text: String,
        type: String = "application/json",
        fields: [String] = []
    ) -> String {
        let head = ["HTTP/1.1 \(status)", "Content-Type: \(type)", "Content-Length: \(text.utf8.count)"] + fields
        return head.joined(separator: "\r\n") + "\r\n\r\n" + text
    }
}
