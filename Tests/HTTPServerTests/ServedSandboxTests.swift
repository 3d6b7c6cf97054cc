import CurlHTTP
import HTTP
import HTTPServer
import JSON
import Sandbox
import Testing

@Suite struct `The sandbox behind the server` {
    private func served(_ sandbox: SandboxClient) throws -> HTTPServer {
        try HTTPServer { request in
            do throws(HTTPFailure) {
                switch try await sandbox.outcome(of: request) {
                case .response(let response): return .response(response)
                case .cutOff(let response, let count): return .cutOff(response, after: count)
                }
            } catch {
                return .response(HTTPResponse(.serviceUnavailable, text: error.description))
            }
        }
    }

    private func signIn(_ client: any HTTPClient, _ base: String) async throws -> HTTPResponse {
        try await client.send(
            HTTPRequest(
                .post,
                base + "/api/user/token/generate",
                fields: ["Authorization": "Basic x", "Content-Type": "application/json"],
                body: Array(#"{"userToken":"t","userSecret":"\#(Sandbox.userSecret)"}"#.utf8)
            )
        )
    }

    private func search(_ client: any HTTPClient, _ base: String, _ token: String) async throws -> HTTPResponse {
        try await client.send(
            HTTPRequest(
                .post,
                base + "/api/v1/mcp/asset-explorer",
                fields: ["Authorization": "jwt \(token)", "Content-Type": "application/json"],
                body: Array(#"{"search":{"searchTerms":["orders"]}}"#.utf8)
            )
        )
    }

    @Test func `answers over a socket as it does without one`() async throws {
        let server = try served(SandboxClient())
        let base = "http://127.0.0.1:\(server.port)/ovaledge"
        let client = localClient()
        let token = try #require(try JSON(parsing: await signIn(client, base).body)["token"]?.string)
        let found = try await search(client, base, token)
        #expect(found.status == .ok)
        #expect(try JSON(parsing: found.body)["data"]?["items"]?[0]?["objectName"] == "orders")
        #expect(try await search(client, base, "a.b.c").status == .unauthorized)
    }

    @Test func `breaks in the ways of its script`() async throws {
        let faults = try SandboxFaults(parsing: "429=3,redirect,html,empty,cut=40,500@token")
        let server = try served(SandboxClient(faults: faults))
        let base = "http://127.0.0.1:\(server.port)/ovaledge"
        let client = localClient()
        #expect(try await signIn(client, base).status == .internalServerError)
        let token = try #require(try JSON(parsing: await signIn(client, base).body)["token"]?.string)
        #expect(try await search(client, base, token).fields["Retry-After"] == "3")
        #expect(try await search(client, base, token).status == .found)
        #expect(try await search(client, base, token).mediaType == "text/html")
        #expect(try await search(client, base, token).body == [])
        await #expect {
            _ = try await search(client, base, token)
        } throws: { error in
            if case .cutOff? = error as? HTTPFailure { true } else { false }
        }
        #expect(try await search(client, base, token).status == .ok)
    }
}
