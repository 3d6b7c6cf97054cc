package import HTTP
package import JSON
package import Logging
import Text

extension OvalEdgeAPI {
    /// The JSON of a reply, always an object; an error for everything else.
    package static func json(
        in response: HTTPResponse,
        to request: @autoclosure () -> String,
        alsoTaking status: HTTPStatus? = nil,
        redactor: Redactor
    ) throws(OvalEdgeError) -> JSON {
        if response.status == status, let json = try? JSON(reply: response.body), json["data"]?.object != nil {
            return json.redacted(by: redactor.finder, asWritten: response.body)
        }
        guard response.status.isSuccess else { throw OvalEdgeError(response, to: request(), redactor: redactor) }
        guard response.body.contains(where: { $0 > 0x20 }) else { return [:] }
        let json: JSON
        do {
            json = try response.json(redactedBy: redactor.finder)
        } catch {
            throw unreadable(response, to: request(), problem: error)
        }
        return json.object == nil ? ["_json": json] : json
    }

    /// Valid JSON that is not what the endpoint is known to return.
    package static func unexpected(
        _ mismatch: JSONMismatch,
        in response: HTTPResponse,
        to request: String,
        redactor: Redactor
    ) -> OvalEdgeError {
        let detail = Quotation.of(mismatch.description, redactor: redactor) ?? "a value is missing"
        return OvalEdgeError(
            .notUnderstood,
            "OvalEdge's answer to \(request) has another form than expected: \(detail).",
            remedy: .askForVersion,
            status: response.status.rawValue,
            requestID: response.requestID
        )
    }

    private static func unreadable(
        _ response: HTTPResponse,
        to request: String,
        problem: JSONSyntaxError
    ) -> OvalEdgeError {
        let (what, remedy): (String, Remedy) =
            if response.isPage {
                ("OvalEdge answered \(request) with a web page instead of data.", .checkAddress)
            } else if problem.isOverLimit {
                ("OvalEdge's answer to \(request) is too large: it has \(problem.problem).", .askForLess)
            } else if let encoding = response.unknownEncoding {
                (
                    "OvalEdge's answer to \(request) is in the encoding \(encoding), which is not UTF-8.",
                    .text("Ask your administrators to let OvalEdge, or what is in front of it, answer in UTF-8.")
                )
            } else if response.beginsLikeJSON {
                (
                    "OvalEdge's answer to \(request) is broken JSON: \(problem).",
                    .report(response.requestID, after: "Call again")
                )
            } else {
                ("OvalEdge answered \(request) with something that is not JSON (\(problem)).", .checkAddress)
            }
        return OvalEdgeError(
            .notUnderstood,
            what,
            remedy: remedy,
            status: response.status.rawValue,
            requestID: response.requestID
        )
    }
}

extension JSON {
    /// The most that is read of a reply: a value of few bytes takes up to 200 in memory.
    package static let replyLimits = Limits(depth: 128, values: 2_000_000)

    /// The body of a reply, with or without a byte order mark.
    init(reply body: [UInt8]) throws(JSONSyntaxError) {
        let body = body.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(body.dropFirst(3)) : body
        try self.init(parsing: body, within: Self.replyLimits)
    }
}

extension HTTPResponse {
    /// The body as JSON, which is UTF-8 whatever the response declares; only what is not is read as declared.
    fileprivate func json(redactedBy finder: SecretFinder) throws(JSONSyntaxError) -> JSON {
        do {
            return try JSON(reply: body).redacted(by: finder, asWritten: body)
        } catch {
            guard !error.isOverLimit, let encoding = declaredEncoding.flatMap({ CharacterEncoding(named: $0) }) else {
                throw error
            }
            let body = Array(encoding.text(of: body).utf8)
            return try JSON(reply: body).redacted(by: finder, asWritten: body)
        }
    }

    /// In lower case; nil where none is declared, or UTF-8.
    private var declaredEncoding: String? {
        let parameters = fields["Content-Type"]?.lowercased().split(separator: ";").dropFirst() ?? []
        let name = parameters.lazy.map { $0.trimmed }.first { $0.hasPrefix("charset=") }?
            .dropFirst("charset=".count).filter { $0 != "\"" }
        return name.flatMap { $0.isEmpty || $0 == "utf-8" || $0 == "utf8" ? nil : String($0) }
    }

    /// A declared encoding that cannot be read here, where the body is not UTF-8 either.
    fileprivate var unknownEncoding: String? {
        guard let name = declaredEncoding, CharacterEncoding(named: name) == nil,
            String(validating: body, as: UTF8.self) == nil
        else { return nil }
        return Quotation.line(name, atMost: 40)
    }

    fileprivate var beginsLikeJSON: Bool {
        let first = body.first { $0 > 0x20 && $0 < 0x7F }
        return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    }
}

extension HTTPResponse {
    /// Whether the session token is the problem: any 401, or a 400 that says exactly that.
    ///
    /// A 400 that only has such words in it is another complaint: SQL engines report an "invalid token" of a query.
    var refusesToken: Bool {
        switch status {
        case .unauthorized: true
        case .badRequest:
            Quotation.words(in: body).contains { words in
                let words = words.trimmed.lowercased()
                return Self.tokenRefusals.contains(words.hasSuffix(".") ? String(words.dropLast()) : words)
            }
        default: false
        }
    }

    private static let tokenRefusals: Set = [
        "invalid token", "invalid_token", "please generate a new token", "invalid token, please generate a new token",
    ]
}
