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
        if response.status == status, let json = try? JSON(parsing: response.body), json["data"]?.object != nil {
            return json
        }
        guard response.status.isSuccess else { throw OvalEdgeError(response, to: request(), redactor: redactor) }
        let body = response.body.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(response.body.dropFirst(3)) : response.body
        guard body.contains(where: { $0 > 0x20 }) else { return [:] }
        let json: JSON
        do {
            json = try JSON(parsing: body).struck(by: redactor.finder)
        } catch {
            throw unreadable(response, to: request(), problem: error)
        }
        return json.object == nil ? ["_json": json] : json
    }

    /// Valid JSON that is not what the endpoint is known to say.
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
            advice: Advice.version,
            status: response.status.rawValue,
            requestID: response.requestID
        )
    }

    private static func unreadable(
        _ response: HTTPResponse,
        to request: String,
        problem: JSONSyntaxError
    ) -> OvalEdgeError {
        let what = response.isPage ? "with a web page instead of data" : "with something that is not JSON (\(problem))"
        return OvalEdgeError(
            .notUnderstood,
            "OvalEdge answered \(request) \(what).",
            advice: Advice.address,
            status: response.status.rawValue,
            requestID: response.requestID
        )
    }
}

extension HTTPResponse {
    /// Whether the session token is the trouble: any 401, or a 400 that says exactly that.
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

extension String {
    /// Byte by byte, because the standard library alone has no search for text.
    func contains(substring: String) -> Bool {
        let needle = Array(substring.utf8)
        return utf8.indices.contains { utf8[$0...].starts(with: needle) }
    }
}
