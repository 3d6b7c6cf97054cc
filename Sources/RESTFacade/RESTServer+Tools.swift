import Bridge
import HTTP
import JSON
import JSONRPC
import MCPClient
import Synchronization
import Telemetry

// Tools.
extension RESTServer {
    private func tools(for caller: BridgeCaller) async throws(RESTError) -> [JSON] {
        try await asked(caller) { () async throws(RemoteFailure) in try await catalog.tools(for: caller) }
    }

    private func listedEntry(_ name: String, for caller: BridgeCaller) async throws(RESTError) -> ToolEntry? {
        let tool = try await tools(for: caller).first { $0["name"]?.string == name }
        return tool.flatMap { ToolEntry($0, filling: configuration.argumentFields) }
    }

    /// What is not there may be new at the server: it is asked again, but not by everyone who makes up a name.
    func entry(_ name: String, _ request: RESTRequest) async throws(RESTError) -> ToolEntry {
        let caller = request.caller
        if let entry = try await listedEntry(name, for: caller) { return entry }
        guard refetches.isDue(for: caller.key) else { throw .toolNotFound(at: configuration.base) }
        catalog.forget(for: caller)
        guard let entry = try await listedEntry(name, for: caller) else { throw .toolNotFound(at: configuration.base) }
        return entry
    }

    func toolList(_ request: RESTRequest) async throws(RESTError) -> HTTPResponse {
        var seen: Set<String> = []
        let entries = try await tools(for: request.caller).compactMap { tool -> JSON? in
            // Of two with one name, the first is the one that is called.
            guard let name = tool["name"]?.string, seen.insert(name).inserted else { return nil }
            return ToolEntry(tool, filling: configuration.argumentFields)?.entry(at: configuration.base)
        }
        guard request.query["shape"] == "mcp" else { return Self.jsonResponse(.array(entries)) }
        let meta = omittedTools.map { JSON.object(JSONObject([.init(OmittedTools.key, $0)])) }
        return Self.jsonResponse(.members(("tools", .array(entries)), ("_meta", meta)))
    }

    func called(_ name: String, _ request: RESTRequest, session: String? = nil) async throws(RESTError) -> HTTPResponse
    {
        let begun = try await begun(name, request, session: session, hearing: nil)
        return try await response(to: begun, request)
    }

    /// What a call of this name and its session are; nothing has been sent when it throws.
    struct Begun: Sendable {
        let run: ToolRun
        let tool: String
        let session: String?
        let span: TraceSpan?
    }

    func begun(
        _ name: String,
        _ request: RESTRequest,
        session named: String?,
        hearing: (@Sendable (ToolRun.Event) -> Void)?
    ) async throws(RESTError) -> Begun {
        var arguments = try request.object()
        let id = named ?? sessionID(of: request, &arguments)
        let entry = try await entry(name, request)
        let feedback = try Feedback(&arguments, declared: entry.schema)
        let token = feedback?.token
        if let feedback,
            let run = try parked.claim(
                token,
                session: id,
                identity: request.caller.key,
                tool: name,
                answers: feedback.answers.count
            )
        {
            run.deliver(feedback.answers)
            return Begun(run: run, tool: name, session: id, span: nil)
        }
        guard token == nil else {
            throw RESTError(404, "session_not_found", "No call waits for this answer any more. Call the tool again.")
        }
        guard feedback == nil else {
            throw .invalidRequest("`user_feedback` needs the `resume_token` of the answer that asked. Send both.")
        }
        let session: any RemoteSession = try isDryRun(of: entry, request) ? DryRun() : session(id, request)
        fill(&arguments, from: request)
        if let fault = SchemaCheck.fault(in: .object(arguments), by: entry.schema) {
            throw .invalidParams("\(fault.path.isEmpty ? "The body" : "`\(fault.path)`") \(fault.what).")
        }
        var call = RemoteCall("tools/call", fields: requestFields(request.caller), caller: request.caller.key)
        call.params = JSONObject([.init("name", .string(name)), .init("arguments", .object(arguments))])
        call.isRepeatable =
            entry.tool["annotations"]?["readOnlyHint"] == true || entry.tool["annotations"]?["idempotentHint"] == true
        let span = beginSpan(entry, request, &call)
        let run =
            if let span {
                TraceSpan.$current.withValue(span) {
                    ToolRun(session, call, on: upstream.executor, whenNotified: hearing)
                }
            } else {
                ToolRun(session, call, on: upstream.executor, whenNotified: hearing)
            }
        return Begun(run: run, tool: name, session: id, span: span)
    }

    /// Whether a call of a tool that changes something is only to be tried.
    private func isDryRun(of entry: ToolEntry, _ request: RESTRequest) -> Bool {
        guard DryRun.isAsked(by: request.fields) else { return false }
        guard let effects = configuration.effectTools else { return entry.tool["annotations"]?["readOnlyHint"] != true }
        return effects.contains { $0.matches(entry.tool["name"]?.string ?? "") }
    }

    /// What a caller leaves out may come in a field of its own.
    private func fill(_ arguments: inout JSONObject, from request: RESTRequest) {
        for field in configuration.argumentFields where arguments[field.argument] == nil {
            if let value = request.fields[field.field] { arguments[field.argument] = .string(value) }
        }
    }

    func response(to begun: Begun, _ request: RESTRequest) async throws(RESTError) -> HTTPResponse {
        switch await begun.run.next() {
        case .asked(let questions):
            let json = try parkedAnswer(questions, begun, request)
            return Self.response(RESTError(409, "feedback_required", json), requestID: request.id)
        case .ended(.failure(let failure)):
            let error = await error(failure, begun, request)
            begun.span?.finish(error: error.code)
            throw error
        case .ended(.success(let result)):
            begun.span?.finish(error: result["isError"] == true ? "tool_error" : nil)
            return try response(result, request)
        }
    }

    /// The server may not know a tool any more that it has listed.
    func error(_ failure: RemoteFailure, _ begun: Begun, _ request: RESTRequest) async -> RESTError {
        let error = restError(failure, for: request.caller)
        guard case .refused(let refusal) = failure, refusal.code == -32602 || refusal.code == -32601 else {
            return error
        }
        catalog.forget(for: request.caller)
        guard let tools = try? await tools(for: request.caller) else { return error }
        return tools.contains { $0["name"]?.string == begun.tool } ? error : .toolNotFound(at: configuration.base)
    }

    /// What is asked: the first question by itself, as most callers expect it, and all of them where there are several.
    func parkedAnswer(_ questions: [JSON], _ begun: Begun, _ request: RESTRequest) throws(RESTError) -> JSON {
        let place = ParkedRuns.Place(
            run: begun.run,
            identity: request.caller.key,
            tool: begun.tool,
            session: begun.session
        )
        guard let token = parked.park(place) else {
            begun.run.cancel()
            throw RESTError(
                503,
                "busy",
                "Too many calls wait for answers. Try again later.",
                fields: ["Retry-After": "5"]
            )
        }
        return .members(
            ("elicitation", questions.first ?? [:]),
            ("elicitations", questions.count > 1 ? .array(questions) : nil),
            ("resume_token", .string(token)),
            ("requires_session", false)
        )
    }

    private func response(_ result: JSON, _ request: RESTRequest) throws(RESTError) -> HTTPResponse {
        if result["isError"] == true, request.query["errors"] != "200" {
            throw RESTError(422, "tool_error", .string(result.firstText ?? "The tool failed."), result: result)
        }
        var response = Self.jsonResponse(request.isSet("unwrap") ? result.unwrapped : result)
        try limit(&response)
        return response
    }

    func limit(_ response: inout HTTPResponse) throws(RESTError) {
        guard configuration.maxResponseBytes == 0 || response.body.count <= configuration.maxResponseBytes else {
            throw .tooLarge
        }
    }
}

/// Asking a server once more for its list is not for everyone who makes up a name.
final class Refetches: Sendable {
    private let last = Mutex<[String: ContinuousClock.Instant]>([:])
    private let clock: @Sendable () -> ContinuousClock.Instant

    init(_ clock: @escaping @Sendable () -> ContinuousClock.Instant) { self.clock = clock }

    func isDue(for key: String) -> Bool {
        let now = clock()
        return last.withLock { last in
            if let before = last[key], now - before < .seconds(5) { return false }
            if last.count > 1000 { last = [:] }
            last[key] = now
            return true
        }
    }
}

extension JSON {
    var firstText: String? {
        self["content"]?.array?.lazy.compactMap { $0["type"] == "text" ? $0["text"]?.string : nil }.first
    }

    /// What a result is about, without what MCP puts around it.
    fileprivate var unwrapped: JSON {
        if let content = self["structuredContent"], !content.isNull { return content }
        let items = self["content"]?.array ?? []
        guard items.count == 1, let text = firstText else { return .array(items) }
        return (try? JSON(parsing: text)) ?? .string(text)
    }
}
