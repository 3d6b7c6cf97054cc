import HTTP
import JSON
import Sandbox
import Synchronization
import Testing

/// Someone who signs in to a sandbox and asks it things.
struct Visitor {
    let client: SandboxClient
    let token: String

    init(_ client: SandboxClient = SandboxClient()) async throws {
        self.client = client
        token = try #require(try await Self.signIn(client).json["token"]?.string)
    }

    static func signIn(
        _ client: SandboxClient,
        token: String = Sandbox.userToken,
        secret: String = Sandbox.userSecret
    ) async throws -> HTTPResponse {
        let body: JSON = ["userToken": .string(token), "userSecret": .string(secret)]
        return try await client.send(
            HTTPRequest(
                .post,
                Sandbox.baseURL + "/api/user/token/generate",
                fields: ["Authorization": "Basic TUNQ", "Content-Type": "application/json"],
                body: body.bytes
            )
        )
    }

    func response(
        _ method: HTTPMethod,
        _ path: String,
        _ query: KeyValuePairs<String, String> = [:],
        body: JSON? = nil,
        scheme: String = "jwt"
    ) async throws -> HTTPResponse {
        let text = URLText.query(query.map { (name: $0.key, value: $0.value) })
        return try await client.send(
            HTTPRequest(
                method,
                Sandbox.baseURL + "/api/v1/mcp/" + path + (text.isEmpty ? "" : "?" + text),
                fields: ["Authorization": "\(scheme) \(token)", "time-zone": "Europe/Berlin"],
                body: body?.bytes ?? []
            )
        )
    }

    func get(_ path: String, _ query: KeyValuePairs<String, String> = [:]) async throws -> JSON {
        let response = try await response(.get, path, query)
        #expect(response.status == .ok)
        return try response.json
    }

    /// The data of a search.
    func explore(_ body: JSON) async throws -> JSON {
        let response = try await response(.post, "asset-explorer", body: body)
        #expect(response.status == .ok)
        return try #require(response.json["data"])
    }

    /// The ids of the hits of a search, in order: items, then terms, then tags.
    func ids(_ body: JSON) async throws -> [Int] {
        let data = try await explore(body)
        return ["items", "glossaryTerms", "tags"].flatMap { data[$0].map { $0.array ?? [$0] } ?? [] }
            .compactMap { $0["objectId"]?.int }
    }
}

extension HTTPResponse {
    var json: JSON { get throws { try JSON(parsing: body) } }
}

/// Time that moves on demand.
final class TestClock: Sendable {
    private let time: Mutex<Double>

    init(_ start: Double = 1_800_000_000) { time = Mutex(start) }

    var now: Double { time.withLock { $0 } }
    func advance(by seconds: Double) { time.withLock { $0 += seconds } }
}
