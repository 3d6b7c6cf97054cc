import Clock
import JSON
import JSONRPC
package import Logging
package import Telemetry

/// A server of the Model Context Protocol: what it offers, and which methods follow from that.
///
/// It holds nothing of any client; that is the business of the ``ServerConnection``s it gives out.
package final class Server: Sendable {
    let info: ServerInfo
    package let tools: (any ToolRegistry)?
    let resources: (any ResourceRegistry)?
    let prompts: (any PromptRegistry)?
    /// From which level on a session's client receives log lines before it sets its own; nil for no lines at all.
    let logsFrom: ClientLog.Level?
    /// The changes its clients can be notified of.
    let changes: ChangeKinds
    let subscribers = SubscriberList()
    let callDeadline: Duration
    let pages: Pages
    let rounds: MultiRoundState
    let log: Log
    /// Counts and traces its requests.
    package let telemetry: Telemetry?

    /// What is nil is not advertised, and its methods are not known.
    ///
    /// With `logsFrom` clients that ask for logs get them: how each call of a tool ended, and what its handler logs.
    /// Up to 2025-11-25 one that has not yet set a level receives what is at that level or worse; in 2026-07-28 each
    /// request sets it for itself, and receives nothing otherwise.
    ///
    /// `changes` is what this server will notify of: only that is advertised, and sent.
    ///
    /// `callDeadline` is how long a call may take, all its tries and waits included; `pageSize` how much a list shows
    /// at a time; `seal` the key of what clients carry for this server, and `used` what of it came back already, if more
    /// than one process serves them; `now` the seconds since 1970.
    package init(
        info: ServerInfo,
        tools: (any ToolRegistry)? = nil,
        resources: (any ResourceRegistry)? = nil,
        prompts: (any PromptRegistry)? = nil,
        logsFrom: ClientLog.Level? = nil,
        changes: ChangeKinds = [],
        callDeadline: Duration = .seconds(50),
        pageSize: Int = 100,
        seal: Seal = Seal(),
        used: any UsedTokens = UsedTokensInMemory(),
        now: @escaping @Sendable () -> Double = SystemClock.secondsSince1970,
        telemetry: Telemetry? = nil,
        log: Log
    ) {
        self.telemetry = telemetry
        self.info = info
        self.tools = tools
        self.resources = resources
        self.prompts = prompts
        self.logsFrom = logsFrom
        let offered: [(ChangeKinds, Bool)] = [
            (.tools, tools != nil), (.prompts, prompts != nil), ([.resources, .contents], resources != nil),
        ]
        self.changes = offered.reduce(changes) { $1.1 ? $0 : $0.subtracting($1.0) }
        self.callDeadline = callDeadline
        pages = Pages(size: pageSize, seal: seal)
        rounds = MultiRoundState(seal: seal, used: used, now: now)
        self.log = log
    }

    /// Without `isLasting` it serves one message: nothing can be subscribed to, and that is what it advertises.
    ///
    /// With `session` a session of a revision with a handshake is open from the start. `heard` gets what the client calls
    /// itself once it has what `initialize` gives, and with each request that describes itself; it must be quick.
    package func connection(
        for principal: Principal = .local,
        session: SessionState? = nil,
        isLasting: Bool = true,
        heard: (@Sendable (String) -> Void)? = nil
    ) -> ServerConnection {
        ServerConnection(self, principal: principal, session: session, isLasting: isLasting, heard: heard)
    }

    /// Other tools, prompts or resources are listed than before; clients that asked for it are notified.
    package func changed(_ lists: ChangeKinds) {
        for change in ChangeEvent.lists(lists) {
            for list in change.pages { pages.changed(list) }
            if !changes.isDisjoint(with: change.kind) { subscribers.changed(change) }
        }
    }

    /// A resource has other content than before; its subscribers are notified.
    package func updated(resource uri: String) {
        if changes.contains(.contents) { subscribers.changed(.contents(uri: uri)) }
    }

    package func knows(_ method: String) -> Bool {
        guard let isServed = Method.all[method]?.isServed ?? ConnectionMethod.all[method]?.isServed else {
            return false
        }
        return Revision.allCases.contains { isServed(self, $0) }
    }

    func reply(to name: String, _ params: JSONObject, in context: RequestContext) throws(RPCError) -> Reply {
        guard let method = Method.all[name], method.isServed(self, context.revision) else {
            throw .methodNotFound(name)
        }
        return try method.reply(self, params, context)
    }

    func projection(_ revision: Revision, showsViews: Bool = false) -> Projection {
        Projection(revision: revision, info: info, showsViews: showsViews)
    }

    func projection(for context: RequestContext) -> Projection {
        projection(context.revision, showsViews: context.client.showsViews)
    }

    /// Work that may ask the client in between; `params` are those of the request, and `expired` gives the result where its
    /// time is over before it has begun.
    func conversing(
        _ method: String,
        _ params: JSONObject,
        in context: RequestContext,
        expired: (@Sendable () -> JSON)? = nil,
        _ work: @escaping @Sendable (RequestContext) async throws -> JSON
    ) throws(RPCError) -> Reply {
        guard context.revision.isStateless else {
            return later(in: context, expired: expired) { try await work(context) }
        }
        return later(in: context, expired: expired) { [self] in
            let answers = try await rounds.answers(of: method, params, for: context.principal)
            let context = context.answering(answers)
            do {
                return try await work(context)
            } catch let open as InputRequired {
                return projection(context.revision).inputRequired(
                    try rounds.members(asking: open, of: method, params, in: context, after: answers)
                )
            }
        }
    }

    /// Work that takes a while, within the deadline of a call; an error that is not the protocol's says no more than that.
    func later(
        in context: RequestContext,
        expired: (@Sendable () -> JSON)? = nil,
        _ work: @escaping @Sendable () async throws -> JSON
    ) -> Reply {
        working(in: context, expired: expired) { EncodedJSON(try await work()) }
    }

    private func working(
        in context: RequestContext,
        expired: (@Sendable () -> JSON)? = nil,
        _ work: @escaping @Sendable () async throws -> EncodedJSON
    ) -> Reply {
        .later(
            Job(
                within: context.deadline ?? Deadline(callDeadline),
                expired: {
                    defer { context.log.end() }
                    return expired.map { .success(EncodedJSON($0())) } ?? .failure(.waitedTooLong)
                },
                heartbeat: context.progress.heartbeat,
                cancelled: context.log.end
            ) {
                defer { context.log.end() }
                do { return .success(try await work()) } catch { return Self.failure(error, in: context) }
            }
        )
    }

    /// An error that is not the protocol's says no more than that.
    static func failure(_ error: any Error, in context: RequestContext) -> Outcome {
        switch error {
        case let error as RPCError: return .failure(error)
        case let error as AskFailure:
            return .failure(RPCError(error, in: context.revision) ?? RPCError(code: -32603, error.description))
        default:
            context.serverLog.error("\(error)")
            return .failure(.internalError)
        }
    }

    /// One page of a list, made once for each audience and kind of client, until it changes.
    func page(of list: List, _ params: JSONObject, in context: RequestContext) throws(RPCError) -> Reply {
        let projection = projection(for: context)
        // Before anything is looked at: what changes from here on keeps the page from being kept.
        let changes = pages.changes
        let audience = registry(of: list)?.audience(in: context) ?? .everyone
        let key = try pages.key(of: list, cursor: params["cursor"], for: audience, projection)
        if let page = pages.page(key) { return .now(.success(page)) }
        let made: @Sendable ([Pages.Entry]) throws(RPCError) -> EncodedJSON = { [pages] entries throws(RPCError) in
            try pages.page(key, of: entries, after: changes) { projection.result($0, kept: ServerInfo.kept) }
        }
        switch entries(of: list, for: projection, in: context) {
        case .now(let entries): return .now(.success(try made(entries)))
        case .later(let entries): return working(in: context) { try made(await entries()) }
        }
    }

    /// Who makes a list.
    private func registry(of list: List) -> (any AudienceRegistry)? {
        switch list {
        case .tools: tools
        case .resources, .resourceTemplates: resources
        case .prompts: prompts
        }
    }

    private func entries(
        of list: List,
        for projection: Projection,
        in context: RequestContext
    ) -> Listed<Pages.Entry> {
        switch list {
        case .tools:
            tools?.listings(in: context).map { ($0.definition.name, projection.tool($0)) } ?? .now([])
        case .resources:
            resources?.resources(in: context).filter { projection.showsViews || !$0.isView }
                .map { ($0.uri, projection.resource($0)) } ?? .now([])
        case .resourceTemplates:
            resources?.templates(in: context).map { ($0.uri.text, projection.template($0)) } ?? .now([])
        case .prompts:
            prompts?.prompts(in: context).map { ($0.name, projection.prompt($0)) } ?? .now([])
        }
    }
}
