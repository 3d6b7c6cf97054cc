import Bridge
import HTTP
import JSON
import JSONRPC
import MCP
import MCPClient

// Sessions.
extension RESTServer {
    /// The id that a request names: in the field, the cookie, or a member of the body, which is taken out.
    func sessionID(of request: RESTRequest, _ arguments: inout JSONObject) -> String? {
        let own = arguments["inxm-session"]?.string
        if own != nil { arguments["inxm-session"] = nil }
        return request.fields[configuration.sessionField] ?? Cookies(request.fields)[configuration.sessionField] ?? own
    }

    /// That with this id, else one that requests of this caller share.
    func session(_ id: String?, _ request: RESTRequest) throws(RESTError) -> any RemoteSession {
        guard let id else { return pool.session(for: request.caller) }
        guard let open = sessions.find(id, of: request.caller) else { throw .sessionNotFound(at: configuration.base) }
        return open.session
    }

    func startSession(_ request: RESTRequest) async throws(RESTError) -> HTTPResponse {
        _ = try request.object()
        let client = Self.client(version: configuration.version)
        let session = upstream.session(for: client, as: request.caller, events: NoEvents())
        do throws(RemoteFailure) {
            _ = try await session.open()
        } catch {
            throw restError(error, for: request.caller)
        }
        guard let (open, ended) = sessions.open(session, for: request.caller, group: request.query["group"]) else {
            await session.close()
            throw RESTError(
                503,
                "busy",
                "Too many sessions are open. Close one, or try again later.",
                fields: ["Retry-After": "30"]
            )
        }
        await endSessions(ended)
        var response = Self.jsonResponse(
            .members(
                (configuration.sessionField, .string(open.id)),
                ("session_id", .string(open.id)),
                ("status", "active"),
                ("created_at", .double(open.created)),
                ("group", open.group.map { .string($0) })
            )
        )
        response.fields.append("Set-Cookie", cookie(open.id, request))
        return response
    }

    private func cookie(_ id: String, _ request: RESTRequest, isOver: Bool = false) -> String {
        let path = configuration.base.isEmpty ? "/" : configuration.base
        let secure = request.isSecure || configuration.marksCookiesSecure ? "; Secure" : ""
        let end = isOver ? "; Max-Age=0" : ""
        return "\(configuration.sessionField)=\(id); Path=\(path); HttpOnly; SameSite=Lax\(secure)\(end)"
    }

    func closeSession(_ named: String?, _ request: RESTRequest) async throws(RESTError) -> HTTPResponse {
        var body = try request.object()
        let id = named ?? sessionID(of: request, &body) ?? body["session_id"]?.string
        guard let id else {
            throw .invalidRequest("No session is named. Send its id in \(configuration.sessionField).")
        }
        guard let open = sessions.remove(id, of: request.caller) else { throw .sessionNotFound(at: configuration.base) }
        await open.session.close()
        var response = Self.jsonResponse(["status": "closed", "session_id": .string(id)])
        response.fields.append("Set-Cookie", cookie("", request, isOver: true))
        return response
    }

    func ownSession(_ id: String, _ action: String, _ request: RESTRequest) async throws(RESTError) -> HTTPResponse {
        if action == "close" { return try await closeSession(id, request) }
        guard let open = sessions.find(id, of: request.caller) else { throw .sessionNotFound(at: configuration.base) }
        do throws(RemoteFailure) {
            let server = try await open.session.open()
            let method = server.revision.isStateless ? "server/discover" : "ping"
            _ = try await open.session.call(RemoteCall(method, isRepeatable: true))
        } catch {
            throw restError(error, for: request.caller)
        }
        return Self.jsonResponse(["status": "active", "session_id": .string(id)])
    }
}

/// Nothing is handed on that belongs to no request.
private struct NoEvents: RemoteSessionEvents {
    func notified(_: Notification) {}
    func asked(_ method: String, _: JSON?) async -> Outcome { .failure(.methodNotFound(method)) }
    func reconnected() {}
}
