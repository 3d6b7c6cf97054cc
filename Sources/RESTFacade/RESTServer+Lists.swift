import Bridge
import HTTP
import JSON
import JSONRPC
import MCPClient
import Text

// Prompts and resources.
extension RESTServer {
    private func listed(_ list: CatalogList, _ request: RESTRequest) async throws(RESTError) -> [JSON] {
        do throws(RemoteFailure) {
            return try await catalog.entries(of: list, for: request.caller)
        } catch {
            // A server without such a list has none of it.
            if case .refused(let refusal) = error, refusal.code == -32601 { return [] }
            throw restError(error, for: request.caller)
        }
    }

    func promptList(_ request: RESTRequest) async throws(RESTError) -> HTTPResponse {
        Self.jsonResponse(["prompts": .array(try await listed(.prompts, request))])
    }

    func prompt(_ name: String, _ request: RESTRequest) async throws(RESTError) -> HTTPResponse {
        var arguments = try request.object()
        let session = try session(sessionID(of: request, &arguments), request)
        guard try await listed(.prompts, request).contains(where: { $0["name"]?.string == name }) else {
            throw .promptNotFound(at: configuration.base)
        }
        let params = JSONObject([.init("name", .string(name)), .init("arguments", .object(arguments))])
        let call = RemoteCall("prompts/get", params, fields: requestFields(request.caller), isRepeatable: true)
        let result = try await result(of: call, session, request)
        var members = result.object ?? JSONObject()
        members["isError"] = false
        members["meta"] = result["_meta"] ?? .null
        return Self.jsonResponse(.object(members))
    }

    func resources(_ request: RESTRequest) async throws(RESTError) -> HTTPResponse {
        if let uri = request.query["uri"] { return try await resource(at: uri, request) }
        return Self.jsonResponse(["resources": .array(try await listed(.resources, request))])
    }

    func resource(named name: String, _ request: RESTRequest) async throws(RESTError) -> HTTPResponse {
        let known = try await listed(.resources, request).first {
            $0["name"]?.string == name || $0["uri"]?.string == name
        }
        guard let uri = known?["uri"]?.string else { throw .resourceNotFound(at: configuration.base) }
        return try await resource(at: uri, request)
    }

    private func resource(at uri: String, _ request: RESTRequest) async throws(RESTError) -> HTTPResponse {
        var nothing = JSONObject()
        let session = try session(sessionID(of: request, &nothing), request)
        let params = JSONObject([.init("uri", .string(uri))])
        let call = RemoteCall(
            "resources/read",
            params,
            fields: requestFields(request.caller),
            isRepeatable: true,
            caller: request.caller.key
        )
        let result: JSON
        do throws(RemoteFailure) {
            result = try await session.call(call)
        } catch {
            if case .refused(let refusal) = error, refusal.code == -32002 || refusal.code == -32602 {
                throw .resourceNotFound(at: configuration.base)
            }
            throw restError(error, for: request.caller)
        }
        return try response(result["contents"]?[0], request)
    }

    /// The content itself, which no browser is to take for a page of ours.
    private func response(_ content: JSON?, _ request: RESTRequest) throws(RESTError) -> HTTPResponse {
        var bytes: [UInt8] = []
        if let text = content?["text"]?.string { bytes = Array(text.utf8) }
        if let blob = content?["blob"]?.string {
            guard let decoded = Base64.decoded(blob) else {
                throw RESTError(502, "upstream_error", "The resource is not encoded as the protocol says.")
            }
            bytes = decoded
        }
        guard !bytes.isEmpty else { return HTTPResponse(204) }
        let isText = content?["blob"] == nil
        let type = content?["mimeType"]?.string ?? (isText ? "text/plain; charset=utf-8" : "application/octet-stream")
        let isWhole = !isText || !type.hasPrefix("text/") || type.contains(";")
        var response = HTTPResponse(
            .ok,
            fields: [
                "Content-Type": isWhole ? type : "\(type); charset=utf-8", "Cache-Control": "no-store",
                "Content-Security-Policy": "sandbox; default-src 'none'",
            ],
            body: bytes
        )
        try limit(&response)
        return response
    }

    /// A request that asks no one anything.
    private func result(
        of call: RemoteCall,
        _ session: any RemoteSession,
        _ request: RESTRequest
    ) async throws(RESTError) -> JSON {
        var call = call
        call.caller = request.caller.key
        return try await asked(request.caller) { () async throws(RemoteFailure) in
            try await session.call(call)
        }
    }
}
