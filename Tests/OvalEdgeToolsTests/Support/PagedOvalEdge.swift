import HTTP
import JSON
import OvalEdge
import Sandbox
import Synchronization
import TestSupport

/// An OvalEdge whose search gives these rows page by page, as a real one does: no farther than its window, in the order
/// of names where it is asked for, with a total of its own.
final class PagedOvalEdge: HTTPClient {
    private let rows: [JSON]
    private let total: Int?
    private let window: Int
    private let keepsOrder: Bool
    /// Rows of one name, which come in the same order from either end.
    private let ties: Range<Int>
    private let sent = Mutex<[JSON]>([])

    init(_ rows: [JSON], total: Int? = nil, window: Int = .max, keepsOrder: Bool = true, ties: Range<Int> = 0..<0) {
        self.rows = rows
        self.total = total
        self.window = window
        self.keepsOrder = keepsOrder
        self.ties = ties
    }

    /// What was asked for, in the order in which it came.
    var searches: [JSON] { sent.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        guard !request.url.hasSuffix(TokenExchange.path) else {
            return Self.reply(.ok, ["token": "e30.e30.c2ln"])
        }
        guard let body = try? JSON(parsing: request.body), let search = body["search"] else {
            return Self.reply(.badRequest, ["message": "no search"])
        }
        sent.withLock { $0.append(body) }
        let (page, limit) = (search["page"]?.int ?? 1, search["limit"]?.int ?? 20)
        guard page * limit <= window else {
            let words =
                "Result window is too large, from + size must be less than or equal to: [\(window)] but was [\(page * limit)]"
            return Self.reply(HTTPStatus(500), ["message": .string(words)])
        }
        let isBackwards = keepsOrder && search["sort"]?["direction"] == "desc"
        let start = min((page - 1) * limit, rows.count)
        let hits = Array((isBackwards ? backwards : rows)[start...].prefix(limit))
        return Self.reply(
            .ok,
            ["ok": true, "data": .members(("items", .array(hits)), ("total", .int(total ?? rows.count)))]
        )
    }

    private var backwards: [JSON] {
        Array(rows[ties.upperBound...].reversed()) + Array(rows[ties]) + Array(rows[..<ties.lowerBound].reversed())
    }

    private static func reply(_ status: HTTPStatus, _ json: JSON) -> HTTPResponse {
        HTTPResponse(status, text: json.text, type: "application/json")
    }

    /// Columns in the order of their names; every fifth has no owner.
    static func columns(_ count: Int) -> [JSON] {
        (1...count).map { number in
            let name = "c" + String(repeating: "0", count: 6 - "\(number)".count) + "\(number)"
            return [
                "objectId": .int(number), "objectType": "oecolumn", "objectName": .string(name),
                "connectionName": number.isMultiple(of: 2) ? "dw" : "lake",
                "owner": number.isMultiple(of: 5) ? "N/A" : "ann",
            ]
        }
    }
}
