package import Bridge
import Clock
package import HTTP
package import JSON
import JSONRPC
package import MCPClient
package import Telemetry
import Text
import Threads

/// One server behind the REST interface: its tools, prompts and resources as plain HTTP (07 §2).
package final class RESTServer: Sendable {
    let upstream: any Upstream
    let pool: SessionPool
    let catalog: Catalog
    let configuration: RESTConfiguration
    let state: RemoteState
    let sessions: RESTSessions
    let parked = ParkedRuns()
    let refetches: Refetches
    /// Which credential stands for a caller, for answers about it.
    let mode: @Sendable (BridgeCaller) -> CredentialPolicy.Mode
    let requestFields: @Sendable (BridgeCaller) -> HTTPFields
    let omitted: OmittedTools
    let tracer: Tracer?
    let started = SystemClock.secondsSince1970()

    /// `mode` and `requestFields` say what goes on to the server for a caller: which credential, and which fields of their
    /// request that belong to no session; `fault` why it cannot be counted on, where that is known without asking it; `omitted`
    /// what is left out of its tools.
    package init(
        pool: SessionPool,
        catalog: Catalog,
        _ configuration: RESTConfiguration,
        sessions: RESTSessions = RESTSessions(),
        mode: @escaping @Sendable (BridgeCaller) -> CredentialPolicy.Mode = { _ in .none },
        requestFields: @escaping @Sendable (BridgeCaller) -> HTTPFields = { _ in [:] },
        fault: @escaping @Sendable () -> String? = { nil },
        omitted: OmittedTools = OmittedTools(),
        tracer: Tracer? = nil,
        clock: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        refetches = Refetches(clock)
        self.omitted = omitted
        upstream = pool.upstream
        self.pool = pool
        self.catalog = catalog
        self.configuration = configuration
        self.sessions = sessions
        self.mode = mode
        self.requestFields = requestFields
        self.tracer = tracer
        state = RemoteState(pool, fault: fault)
    }

    /// What the bridge calls itself to a server, where a request comes over REST.
    package static func client(version: String) -> RemoteClient {
        RemoteClient(
            info: ["name": "oe-mcp-bridge", "version": .string(version)],
            capabilities: ["elicitation": [:]]
        )
    }

    /// Answers all but streams; nil for a path of no route.
    package func resolve(_ request: RESTRequest) async -> HTTPResponse? {
        guard let route = RESTRoute(request.steps) else { return nil }
        do throws(RESTError) {
            guard route.methods.contains(request.method) || request.method == .head && route.methods.contains(.get)
            else {
                throw .methodNotAllowed(route.methods.map { $0.rawValue }.joined(separator: ", "))
            }
            await endSessions(sessions.takeIdle())
            return try await resolve(route, request)
        } catch {
            return Self.response(error, requestID: request.id)
        }
    }

    package static func response(_ error: RESTError, requestID: String) -> HTTPResponse {
        var response = jsonResponse(error.body(requestID: requestID), error.status)
        for field in error.fields.all { response.fields[field.name] = field.value }
        return response
    }

    package static func jsonResponse(_ json: JSON, _ status: HTTPStatus = .ok) -> HTTPResponse {
        HTTPResponse(
            status,
            fields: ["Content-Type": "application/json", "Cache-Control": "no-store"],
            body: json.bytes
        )
    }

    private func resolve(_ route: RESTRoute, _ request: RESTRequest) async throws(RESTError) -> HTTPResponse {
        switch route {
        case .index: return Self.jsonResponse(index)
        case .health: return Self.jsonResponse(await health())
        case .ready: return await readiness()
        case .child: return try await childHealth()
        case .tools: return try await toolList(request)
        case .tool(let name):
            return request.method == .post
                ? try await called(name, request)
                : Self.jsonResponse(try await entry(name, request).entry(at: configuration.base))
        case .toolSchema(let name):
            return Self.jsonResponse(try await entry(name, request).entry(at: configuration.base))
        case .toolStream(let name): return try await called(name, request)
        case .prompts: return try await promptList(request)
        case .prompt(let name): return try await prompt(name, request)
        case .resources: return try await resources(request)
        case .resource(let name): return try await resource(named: name, request)
        case .sessionStart: return try await startSession(request)
        case .sessionClose: return try await closeSession(nil, request)
        case .ownSession(let id, let action): return try await ownSession(id, action, request)
        case .sessionTool(let id, let name): return try await called(name, request, session: id)
        case .openAPI: return try await openAPI(request)
        case .docs: return try await docs(request)
        }
    }

    private var index: JSON {
        let base = configuration.base
        return [
            "name": "oe-mcp bridge", "version": .string(configuration.version),
            "message": .string(
                "A bridge to an MCP server. Its tools are at \(base)/tools, and MCP itself is at \(base)/mcp."
            ),
            "documentation": .string("\(base)/docs"),
            "urls": .strings(
                ["/tools", "/prompts", "/resources", "/mcp", "/openapi.json", "/docs", "/health", "/ready", "/metrics"]
                    .map { base + $0 }
            ),
        ]
    }

    /// Every failure of the server, as this interface says it.
    func asked<Value>(
        _ caller: BridgeCaller,
        _ work: () async throws(RemoteFailure) -> Value
    ) async throws(RESTError) -> Value {
        do throws(RemoteFailure) { return try await work() } catch { throw restError(error, for: caller) }
    }

    func restError(_ failure: RemoteFailure, for caller: BridgeCaller) -> RESTError {
        RESTError(failure, mode: mode(caller), remedy: configuration.remedy)
    }

    /// Ends what is under way for those who went away, or at the end of the process.
    package func closeAll() async {
        parked.cancelAll()
        await endSessions(sessions.takeAll())
        await pool.close()
    }

    func endSessions(_ ended: [RESTSessions.Open]) async {
        guard !ended.isEmpty else { return }
        await withDiscardingTaskGroup { group in
            for open in ended { group.addTask(executorPreference: WorkerPool.shared) { await open.session.close() } }
        }
    }
}
