import HTTP
import JSON
import Logging
import MCP
import OvalEdge
import OvalEdgeTools
import Sandbox
import Synchronization
import TestSupport
import Testing
import Text

/// One OvalEdge for many people: each sees a catalog of their own, and a token is good for one of them.
final class ManyTenants: HTTPClient {
    private let sandboxes: [SandboxClient]
    private let userTokens: [String: Int]
    /// Whose token it is.
    private let tokens = Mutex<[String: Int]>([:])

    init(_ count: Int) {
        sandboxes = (0..<count).map { SandboxClient(secret: Self.userSecret($0)) }
        userTokens = Dictionary(uniqueKeysWithValues: (0..<count).map { (Self.userToken($0), $0) })
    }

    static func userToken(_ person: Int) -> String { random(2 * person + 1) }
    static func userSecret(_ person: Int) -> String { random(2 * person) }

    /// No part of one is a part of another.
    private static func random(_ seed: Int) -> String {
        var numbers = SeededNumbers(seed: UInt64(seed))
        return String(numbers.next(), radix: 36) + String(numbers.next(), radix: 36)
    }

    /// The connection that only this person has.
    static func connection(_ person: Int) -> String { "warehouse_of_\(person)_" }

    func requestCount(of person: Int) -> Int { sandboxes[person].record.requestCount }
    func exchangeCount(of person: Int) -> Int { sandboxes[person].record.exchangeCount }
    func token(of person: Int) -> String { tokens.withLock { $0.first { $0.value == person }?.key } ?? "" }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        let isSignIn = request.url.hasSuffix(TokenExchange.path)
        guard let person = isSignIn ? person(in: request.body) : bearer(of: request) else {
            Issue.record("\(request.summary) came with nobody's credentials")
            throw .cutOff(detail: "nobody's")
        }
        let response = try await sandboxes[person].send(request)
        if isSignIn, let token = (try? JSON(parsing: response.body))?["token"]?.string {
            tokens.withLock { $0[token] = person }
        }
        return HTTPResponse(response.status, fields: response.fields, body: seen(response.body, by: person))
    }

    private func person(in body: [UInt8]) -> Int? {
        (try? JSON(parsing: body))?["userToken"]?.string.flatMap { userTokens[$0] }
    }

    private func bearer(of request: HTTPRequest) -> Int? {
        let token = request.fields["Authorization"]?.split(separator: " ").last.map { String($0) } ?? ""
        return tokens.withLock { $0[token] }
    }

    /// The catalog as this person has it; their own token and their neighbour's stand in it.
    private func seen(_ body: [UInt8], by person: Int) -> [UInt8] {
        let neighbour = sandboxes.indices.contains(person + 1) ? Self.userSecret(person + 1) : ""
        let text = String(decoding: body, as: UTF8.self)
            .replacing("bramble_dw", with: Self.connection(person))
            .replacing("One row per order", with: "\(Self.userSecret(person)), \(neighbour)")
        return Array(text.utf8)
    }
}

extension String {
    fileprivate func replacing(_ part: String, with other: String) -> String {
        var (text, rest) = ("", self[...])
        while let range = rest.ranges(of: part).first {
            text += rest[..<range.lowerBound] + other
            rest = rest[range.upperBound...]
        }
        return text + rest
    }
}
