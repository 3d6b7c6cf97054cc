import HTTP
import JSON

/// Fetches what servers publish of themselves: one answer, no redirect, and no more of it than is sound.
struct PublishedDocuments: Sendable {
    let client: any HTTPClient

    private static let longest = 256 << 10
    private static let patience = Duration.seconds(10)

    /// Nil where nothing is there; the next place may have it.
    func document(at address: String) async throws(SignInFailure) -> JSON? {
        var request = HTTPRequest(
            .get,
            address,
            fields: ["Accept": "application/json", "MCP-Protocol-Version": "2025-11-25"]
        )
        request.timeLimit = Self.patience
        let response = try await client.response(to: request)
        guard response.status == .ok else {
            if (400..<500).contains(response.status.rawValue), response.status != .tooManyRequests { return nil }
            throw SignInFailure(.unreachable, "\(address) answered with status \(response.status).")
        }
        guard response.body.count <= Self.longest,
            let json = try? JSON(parsing: response.body, within: JSON.Limits(depth: 16, values: 10_000)),
            json.object != nil
        else {
            // A page for every path is no document.
            if response.mediaType == "text/html" { return nil }
            throw SignInFailure(.metadata, "\(address) answered with no JSON object, or with one that is too large.")
        }
        return json
    }

    /// The first document that is there, of these places.
    func first(of addresses: [String]) async throws(SignInFailure) -> JSON? {
        for address in addresses {
            if let document = try await document(at: address) { return document }
        }
        return nil
    }
}

extension HTTPClient {
    /// As ``send(_:)``, with a failure that says whom it was to reach.
    func response(to request: HTTPRequest) async throws(SignInFailure) -> HTTPResponse {
        do throws(HTTPFailure) {
            return try await send(request)
        } catch {
            throw SignInFailure(
                error == .cancelled ? .cancelled : .unreachable,
                "\(request.url.withoutQuery): \(error)"
            )
        }
    }
}

extension String {
    /// An address as it may be shown: its query may hold what a log must not.
    var withoutQuery: String { String(prefix { $0 != "?" }) }
}
