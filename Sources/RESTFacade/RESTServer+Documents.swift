package import Bridge
import Crypto
package import HTTP
package import JSON
import MCP
package import MCPClient
import Text

// What describes the interface.
extension RESTServer {
    /// What the server says of itself, with its tools as this caller sees them.
    package func document(for caller: BridgeCaller) async throws(RemoteFailure) -> OpenAPIDocument {
        let tools = try await catalog.tools(for: caller)
        let server = try await pool.session(for: caller).open()
        return OpenAPIDocument(
            title: server.info?["title"]?.string ?? server.info?["name"]?.string ?? upstream.name,
            version: server.info?["version"]?.string ?? "0",
            description: server.instructions,
            server: configuration.base,
            parts: [OpenAPIDocument.Part(tools: offered(tools))],
            asksForKey: configuration.asksForKey
        )
    }

    package func offered(_ tools: [JSON]) -> [JSON] {
        tools.compactMap { ToolEntry($0, filling: configuration.argumentFields)?.tool }
    }

    func openAPI(_ request: RESTRequest) async throws(RESTError) -> HTTPResponse {
        let document = try await asked(request.caller) { () async throws(RemoteFailure) -> OpenAPIDocument in
            try await self.document(for: request.caller)
        }
        return try document.response(to: request)
    }

    func docs(_ request: RESTRequest) async throws(RESTError) -> HTTPResponse {
        let document = try await asked(request.caller) { () async throws(RemoteFailure) -> OpenAPIDocument in
            try await self.document(for: request.caller)
        }
        return document.page
    }
}

extension OpenAPIDocument {
    /// With a mark of its content, by which a client need not fetch it again.
    package func response(to request: RESTRequest) throws(RESTError) -> HTTPResponse {
        let wanted = request.query["version"] ?? "3.1"
        let form = OpenAPIVersion.allCases.first { wanted == $0.rawValue || wanted.hasPrefix($0.rawValue + ".") }
        guard let form else { throw .invalidRequest("There is OpenAPI 3.1 and 3.0. Ask with ?version=3.0.") }
        var response = RESTServer.jsonResponse(document(in: form))
        let digest = (try? Crypto.digest(response.body).prefix(16).hexadecimal) ?? request.id
        response.fields["Cache-Control"] = "private, no-cache"
        response.fields["ETag"] = "\"\(digest)\""
        let known = request.fields.values("If-None-Match").flatMap { $0.split(separator: ",") }.map { $0.trimmed }
        guard known.contains(where: { $0 == "*" || $0 == "\"\(digest)\"" || $0 == "W/\"\(digest)\"" }) else {
            return response
        }
        return HTTPResponse(304, fields: ["ETag": "\"\(digest)\"", "Cache-Control": "private, no-cache"])
    }

    package var page: HTTPResponse {
        HTTPResponse(
            .ok,
            fields: ["Cache-Control": "no-store", "Content-Security-Policy": DocsPage.policy],
            text: DocsPage(self).html,
            type: "text/html; charset=utf-8"
        )
    }
}
