import JSON
import JSONRPC
package import Logging
import Synchronization

/// A server of the Model Context Protocol: which methods there are, and what each answers.
///
/// It holds nothing of any client; that is the business of the ``ServerConnection``s it gives out.
package final class Server: Sendable {
    private let info: ServerInfo
    private let tools: any ToolRegistry
    private let log: Log
    private let callDeadline: Duration
    private let lists = Mutex<[Revision: EncodedJSON]>([:])

    /// `callDeadline` is how long a tool may take, all its tries and waits included.
    package init(info: ServerInfo, tools: any ToolRegistry, callDeadline: Duration = .seconds(50), log: Log) {
        self.info = info
        self.tools = tools
        self.callDeadline = callDeadline
        self.log = log
    }

    package func connection(for principal: Principal = .local) -> ServerConnection {
        ServerConnection(self, principal: principal)
    }

    private struct Method: Sendable {
        let isServed: @Sendable (Revision) -> Bool
        let reply: @Sendable (Server, JSONObject, RequestContext) throws(RPCError) -> Reply
    }

    private static let always: @Sendable (Revision) -> Bool = { _ in true }

    private static let methods: [String: Method] = [
        "ping": Method(isServed: { !$0.isStateless }) { _, _, _ in .now(.success(.emptyObject)) },
        "server/discover": Method(isServed: { $0.isStateless }) { server, _, context in
            .now(.success(server.discoverResult(for: context.revision)))
        },
        "tools/list": Method(isServed: always) { (server, params, context) throws(RPCError) in
            .now(.success(try server.toolList(params, for: context.revision)))
        },
        "tools/call": Method(isServed: always) { (server, params, context) throws(RPCError) in
            try server.toolCall(params, in: context)
        },
    ]

    func knows(_ method: String) -> Bool { Self.methods[method] != nil }

    func reply(to name: String, _ params: JSONObject, in context: RequestContext) throws(RPCError) -> Reply {
        guard let method = Self.methods[name], method.isServed(context.revision) else { throw .methodNotFound(name) }
        return try method.reply(self, params, context)
    }

    /// What works here, and nothing else.
    private static let capabilities: JSON = ["tools": [:]]

    func initializeResult(for revision: Revision) -> EncodedJSON {
        EncodedJSON([
            "protocolVersion": .string(revision.rawValue),
            "capabilities": Self.capabilities,
            "serverInfo": info.implementation,
            "instructions": .string(info.instructions),
        ])
    }

    private func discoverResult(for revision: Revision) -> EncodedJSON {
        let versions = Revision.allCases.reversed().map { $0.rawValue }
        return EncodedJSON(
            projection(revision).result(
                [
                    .init("supportedVersions", .strings(versions)),
                    .init("capabilities", Self.capabilities),
                    .init("instructions", .string(info.instructions)),
                ],
                isCacheable: true
            )
        )
    }

    /// Encoded once for each revision, since it never changes while the process lives.
    private func toolList(_ params: JSONObject, for revision: Revision) throws(RPCError) -> EncodedJSON {
        guard params["cursor"] ?? .null == .null else {
            throw .invalidParams("`cursor` is not one that this server gave out; list from the start.")
        }
        return lists.withLock { lists in
            if let list = lists[revision] { return list }
            let projection = projection(revision)
            let tools = tools.listings.map { projection.tool($0) }
            let list = EncodedJSON(projection.result([.init("tools", .array(tools))], isCacheable: true))
            lists[revision] = list
            return list
        }
    }

    private func toolCall(_ params: JSONObject, in context: RequestContext) throws(RPCError) -> Reply {
        guard let name = params["name"]?.string else { throw .invalidParams("`name` must be the name of a tool.") }
        let arguments: JSONObject
        switch params["arguments"] {
        case .object(let members)?: arguments = members
        case nil, .null?: arguments = JSONObject()
        default: throw .invalidParams("`arguments` must be an object.")
        }
        return .later(
            LongWork(within: callDeadline, beat: context.progress.beat) {
                await self.outcome(of: name, arguments, in: context)
            }
        )
    }

    private func outcome(of name: String, _ arguments: JSONObject, in context: RequestContext) async -> Outcome {
        let start = ContinuousClock.now
        do throws(RPCError) {
            var answer = try await tools.call(name, arguments: arguments, in: context)
            // A client's own cancellation throws the answer away, so this one is read only when time ran out.
            if Task.isCancelled, answer.isFailure { answer = tookTooLong(name) }
            report(name, answer.isFailure ? "failure" : "ok", since: start)
            return .success(EncodedJSON(projection(context.revision).answer(answer)))
        } catch {
            report(name, "error", since: start)
            return .failure(error)
        }
    }

    private func tookTooLong(_ tool: String) -> Answer {
        .failure(
            "\(tool) was given up after \(callDeadline.components.seconds) seconds without an answer. "
                + "Ask for less at once, or call again in a minute."
        )
    }

    private func report(_ tool: String, _ outcome: String, since start: ContinuousClock.Instant) {
        let milliseconds = (ContinuousClock.now - start) / .milliseconds(1)
        let isKnown = tools.listings.contains { $0.definition.name == tool }
        log.info(
            "tool",
            ("name", isKnown ? tool : "unknown"),
            ("outcome", Task.isCancelled ? "cancelled" : outcome),
            ("ms", String(Int(milliseconds)))
        )
    }

    private func projection(_ revision: Revision) -> Projection { Projection(revision: revision, info: info) }
}
