import Commands
import HTTP
import JSON
import Logging
import OvalEdge
import Settings

// What a client of a server sends.
extension MCPSite {
    func post(_ message: JSON, _ fields: HTTPFields = [:], to path: String = "/mcp") -> HTTPRequest {
        var fields = asClient(fields)
        fields["Content-Type"] = "application/json"
        return HTTPRequest(.post, base + path, fields: fields, body: message.bytes, mayBeRepeated: false)
    }

    func get(_ path: String) -> HTTPRequest { HTTPRequest(.get, base + path, fields: asClient([:])) }

    /// Ends a session.
    func ending(_ session: String, _ fields: HTTPFields) -> HTTPRequest {
        var fields = asClient(fields)
        fields["Mcp-Session-Id"] = session
        return HTTPRequest(.delete, mcp, fields: fields)
    }

    private func asClient(_ fields: HTTPFields) -> HTTPFields {
        var request = HTTPRequest(.get, mcp, fields: fields)
        request.fields["Accept"] = "application/json, text/event-stream"
        return asProxy(request).fields
    }

    /// A server on this machine is asked as a proxy with TLS would ask it.
    func asProxy(_ request: HTTPRequest) -> HTTPRequest {
        var request = request
        if WebAddress(setting: base)?.isLoopback == true { request.fields["X-Forwarded-Proto"] = "https" }
        return request
    }

    static func initialize(_ revision: String, as client: String) -> JSON {
        [
            "jsonrpc": "2.0", "id": 1, "method": "initialize",
            "params": [
                "protocolVersion": .string(revision), "capabilities": [:],
                "clientInfo": ["name": .string(client), "version": .string(ProgramVersion.current)],
            ],
        ]
    }

    /// What to do where the answer is not one of this program.
    var otherServer: String { "Check that \(mcp) is the address of oe-mcp-http, and what is in front of it." }
}

extension HTTPResponse {
    /// The body as JSON, or the data of the last event in it that has some.
    var message: JSON? {
        if let json = try? JSON(parsing: body) { return json }
        let data = text.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("data: {") }.last
        return data.flatMap { try? JSON(parsing: String($0.dropFirst("data: ".count))) }
    }

    /// The status with its code, and the sentences of the server, if it has some.
    var refusal: (found: String, words: String?) {
        let json = message
        let code = json?["error"]?.string ?? json?["error"]?["message"]?.string
        return ("status \(status)" + (code.map { ", \($0)" } ?? ""), json?["error_description"]?.string)
    }
}

extension Settings {
    var signsInWithOAuth: Bool { account.authMode == .remote || account.authMode == .remoteLogin }
}

extension Wiring {
    /// What a client of this server would send, and the names of what it lacks: a token, else user token and secret.
    func sentCredentials(_ token: Secret?) async -> (fields: HTTPFields, missing: [String]) {
        if let token { return (["Authorization": "Bearer \(token.revealed)"], []) }
        guard !settings.signsInWithOAuth else { return ([:], ["--token"]) }
        let found = try? await accountCredentials()
        guard let token = found?.userToken, let secret = found?.userSecret else {
            let names = [("OVALEDGE_USER_TOKEN", found?.userToken), ("OVALEDGE_USER_SECRET", found?.userSecret)]
            return ([:], names.filter { $0.1 == nil }.map { $0.0 })
        }
        return ([CredentialFields.token: token.revealed, CredentialFields.secret: secret.revealed], [])
    }
}
