import JSON
import JSONRPC
import MCP
import MCPClient
import Synchronization
import Threads

/// One of several servers.
struct MergedMember: Sendable {
    let alias: ServerAlias
    let session: any RemoteSession
    let names: MergedNames
    let patience: MemberPatience
}

/// A session with one of several servers, which ends when its last call has.
private final class MemberSession: WrappingSession {
    let base: any RemoteSession

    init(_ base: any RemoteSession) { self.base = base }

    deinit { Task(executorPreference: WorkerPool.shared) { [base] in await base.close() } }

    func call(_ call: RemoteCall) async throws(RemoteFailure) -> JSON { try await base.call(call) }
}

/// Sessions with several servers as one, of a revision with a handshake whatever each of them speaks.
final class MergedSession: RemoteSession {
    private struct State {
        var members: [MergedMember]
        /// Which change of the servers brought them.
        var change: Int
        var isClosed = false
        /// What the client has asked of all of them, and the resources of each that it has subscribed to.
        var level: RemoteCall?
        var subscriptions: [ServerAlias: [String: RemoteCall]] = [:]
    }

    /// Where lists name the servers that are missing in them.
    static let missingKey = "oe-mcp/missing"

    private let info: JSON
    private let events: any RemoteSessionEvents
    private let newMember: @Sendable (MergedUpstream.Part) -> MergedMember
    private let state: Mutex<State>

    init(
        _ parts: [MergedUpstream.Part],
        ofChange change: Int,
        info: JSON,
        patience: Duration,
        for client: RemoteClient,
        as caller: BridgeCaller,
        events: any RemoteSessionEvents
    ) {
        self.info = info
        self.events = events
        newMember = { part in
            let names = MergedNames(part.alias)
            let own = MergedEvents(events, names)
            let session = part.upstream.session(for: client, as: caller, events: own)
            return MergedMember(
                alias: part.alias,
                session: HandshakeView(MemberSession(session), client),
                names: names,
                patience: MemberPatience(patience, own)
            )
        }
        state = Mutex(State(members: parts.map(newMember), change: change))
    }

    private var members: [MergedMember] { state.withLock { $0.members } }

    /// The sessions with these servers go on that are the same as before; calls under way with the others are finished.
    ///
    /// Changes may come in another order than they were numbered in: the newest holds.
    func change(to parts: [MergedUpstream.Part], keeping same: Set<ServerAlias>, number: Int) {
        let (former, before) = state.withLock { ($0.members, $0.change) }
        guard number > before else { return }
        // Which are the same is said of the change before, and of no other.
        let kept = number == before + 1 ? same : []
        let next = parts.map { part in
            former.first { kept.contains(part.alias) && $0.alias == part.alias } ?? newMember(part)
        }
        let (isClosed, isNext) = state.withLock { state in
            guard !state.isClosed, state.change == before else { return (state.isClosed, false) }
            (state.members, state.change) = (next, number)
            return (false, true)
        }
        guard !isClosed else { return }
        guard isNext else { return change(to: parts, keeping: same, number: number) }
        for member in former where !next.contains(where: { $0.patience === member.patience }) {
            member.patience.close()
        }
        for member in next where !former.contains(where: { $0.patience === member.patience }) { welcome(member) }
        for kind in Self.kinds { events.notified(Notification("notifications/\(kind)/list_changed")) }
    }

    /// Asks a server that joins for what the client has asked of those before it.
    private func welcome(_ member: MergedMember) {
        let (level, subscriptions) = state.withLock {
            ($0.level, $0.subscriptions[member.alias]?.values.map { $0 } ?? [])
        }
        guard level != nil || !subscriptions.isEmpty else { return }
        Task(executorPreference: WorkerPool.shared) {
            guard let server = try? await member.session.open() else { return }
            if let level, server.capabilities["logging"] != nil { _ = try? await member.session.call(level) }
            for subscription in subscriptions { _ = try? await member.session.call(subscription) }
        }
    }

    private static let kinds = ["tools", "prompts", "resources"]

    /// As many of them as are known.
    var server: RemoteServer? { merged(members.map { ($0.alias, $0.session.server) }) }

    func open() async throws(RemoteFailure) -> RemoteServer {
        let soon = await each { member in
            await member.patience.outcome { () async throws(RemoteFailure) in try await member.session.open() }
        }
        if let merged = merged(soon.map { ($0.alias, try? $1.get()) }) { return merged }
        // Without any of them there is nothing to say.
        let opened = await each { (member) -> Result<RemoteServer, RemoteFailure> in
            do throws(RemoteFailure) { return .success(try await member.session.open()) } catch {
                return .failure(error)
            }
        }
        if let merged = merged(opened.map { ($0.alias, try? $1.get()) }) { return merged }
        guard let first = opened.first else { throw .protocolFault(detail: "There is no server.") }
        _ = try first.1.get()
        throw .busy
    }

    func notify(_ notification: Notification) async {
        for member in members { await member.session.notify(notification) }
    }

    func close() async {
        let members = state.withLock { state in
            state.isClosed = true
            return state.members
        }
        for member in members { member.patience.close() }
        await withDiscardingTaskGroup { group in
            for member in members {
                group.addTask(executorPreference: WorkerPool.shared) { await member.session.close() }
            }
        }
    }

    func call(_ call: RemoteCall) async throws(RemoteFailure) -> JSON {
        if let list = CatalogList(rawValue: call.method) { return await all(of: list) }
        switch call.method {
        case "ping": return [:]
        case "tools/call": return try await named(call, "tool", .tools) { $0.tools }
        case "prompts/get": return try await named(call, "prompt", .prompts) { $0.prompts }
        case "completion/complete": return try await completion(call)
        case "resources/read", "resources/subscribe", "resources/unsubscribe": return try await resource(call)
        case "logging/setLevel":
            state.withLock { $0.level = RemoteCall(call.method, call.params) }
            for member in members where member.session.server?.capabilities["logging"] != nil {
                _ = try? await member.session.call(call)
            }
            return [:]
        default: throw .refused(.methodNotFound(call.method))
        }
    }

    /// The same of all at once, in their order.
    private func each<Value: Sendable>(
        _ work: @escaping @Sendable (MergedMember) async -> Result<Value, RemoteFailure>
    ) async -> [(MergedMember, Result<Value, RemoteFailure>)] {
        // Taken once: others may come in their place meanwhile.
        let members = members
        return await withTaskGroup(of: (Int, Result<Value, RemoteFailure>).self) { group in
            for (index, member) in members.enumerated() {
                group.addTask(executorPreference: WorkerPool.shared) {
                    (index, await work(member))
                }
            }
            var results: [Int: Result<Value, RemoteFailure>] = [:]
            for await (index, result) in group { results[index] = result }
            return members.enumerated().compactMap { index, member in results[index].map { (member, $0) } }
        }
    }
}

// What they say of themselves.
extension MergedSession {
    /// Nil where none is known.
    private func merged(_ servers: [(ServerAlias, RemoteServer?)]) -> RemoteServer? {
        let known = servers.compactMap { alias, server in server.map { (alias, $0) } }
        guard let oldest = known.map({ $0.1.revision }).min() else { return nil }
        var capabilities = JSONObject()
        for (_, server) in known {
            for member in server.capabilities.object?.members ?? [] where Self.carried.contains(member.name) {
                capabilities[member.name] = Self.union(capabilities[member.name], member.value)
            }
        }
        // What one that is down has is said when it is there; and which servers there are may change.
        for kind in Self.kinds { capabilities[kind] = Self.union(capabilities[kind], ["listChanged": true]) }
        let notes = known.compactMap { alias, server in server.instructions.map { "\(alias.text): \($0)" } }
        let result = JSON.members(
            ("protocolVersion", .string(oldest.rawValue)),
            ("capabilities", .object(capabilities)),
            ("serverInfo", info),
            ("instructions", notes.isEmpty ? nil : .string(notes.joined(separator: "\n\n")))
        )
        return RemoteServer(oldest, result.object ?? JSONObject())
    }

    private static let carried: Set<String> = ["tools", "prompts", "resources", "logging", "completions"]

    /// What one of them has, all of them have together.
    private static func union(_ one: JSON?, _ other: JSON) -> JSON {
        guard case .object(var members)? = one else { return other }
        for member in other.object?.members ?? [] where members[member.name] != true {
            members[member.name] = member.value
        }
        return .object(members)
    }
}

// What they list.
extension MergedSession {
    private func all(of list: CatalogList) async -> JSON {
        let lists = await each { member in
            await member.patience.entries(of: list) { () async throws(RemoteFailure) -> WholeList in
                let server = try await member.session.open()
                guard server.capabilities[list.capability] != nil else { return WholeList() }
                return try await WholeList.of(list.rawValue, list.member) { (call) async throws(RemoteFailure) in
                    try await member.session.call(call)
                }
            }
        }
        var (items, missing, uris, omitted) = ([JSON](), [JSON](), Set<String>(), 0)
        for (member, outcome) in lists {
            switch outcome {
            case .success(let own):
                items += own.items.map { offered($0, list, member.names, &uris) }
                omitted += own.omitted
            case .failure: missing.append(.string(member.alias.text))
            }
        }
        var meta = JSONObject()
        if !missing.isEmpty { meta[Self.missingKey] = .array(missing) }
        if omitted > 0 { meta[OmittedTools.key] = .int(omitted) }
        return .members((list.member, .array(items)), ("_meta", meta.isEmpty ? nil : .object(meta)))
    }

    private func offered(_ item: JSON, _ list: CatalogList, _ names: MergedNames, _ uris: inout Set<String>) -> JSON {
        var item = item
        switch list {
        case .tools: if let name = item["name"]?.string { item["name"] = .string(names.tools.offer(name)) }
        case .prompts: if let name = item["name"]?.string { item["name"] = .string(names.prompts.offer(name)) }
        case .resources:
            guard let uri = item["uri"]?.string else { return item }
            let offered = names.offer(uri: uri, isTaken: uris.contains(uri))
            uris.insert(offered)
            item["uri"] = .string(offered)
        case .resourceTemplates: if let template = item["uriTemplate"]?.string { names.offer(template: template) }
        }
        return item
    }
}

// Whose it is.
extension MergedSession {
    private func named(
        _ call: RemoteCall,
        _ kind: String,
        _ list: CatalogList,
        _ names: (MergedNames) -> OfferedNames
    ) async throws(RemoteFailure) -> JSON {
        guard let offered = call.params?["name"]?.string else {
            throw .refused(.invalidParams("`name` must be a text."))
        }
        var found = owner(of: offered, names)
        if found == nil {
            // It may have been listed in an earlier conversation.
            _ = await all(of: list)
            found = owner(of: offered, names)
        }
        guard let (member, name) = found else {
            throw .refused(.invalidParams("Unknown \(kind): \(offered.prefix(80))"))
        }
        var call = call
        call.params?["name"] = .string(name)
        return try await member.session.call(call)
    }

    private func owner(of offered: String, _ names: (MergedNames) -> OfferedNames) -> (MergedMember, String)? {
        for member in members {
            if let name = names(member.names).original(of: offered) { return (member, name) }
        }
        return nil
    }

    private func completion(_ call: RemoteCall) async throws(RemoteFailure) -> JSON {
        var call = call
        if let offered = call.params?["ref"]?["name"]?.string, let (member, name) = owner(of: offered, { $0.prompts }) {
            call.params?["ref"]?["name"] = .string(name)
            return try await member.session.call(call)
        }
        guard let uri = call.params?["ref"]?["uri"]?.string,
            let member = members.first(where: { $0.names.original(ofURI: uri) != nil || $0.names.mayHaveMade(uri) })
        else { throw .refused(.invalidParams("What is to be completed is not known here.")) }
        return try await member.session.call(call)
    }

    private func resource(_ call: RemoteCall) async throws(RemoteFailure) -> JSON {
        guard let uri = call.params?["uri"]?.string else { throw .refused(.invalidParams("`uri` must be a text.")) }
        if members.allSatisfy({ $0.names.original(ofURI: uri) == nil }) {
            _ = await all(of: .resources)
            _ = await all(of: .resourceTemplates)
        }
        for member in members {
            guard let original = member.names.original(ofURI: uri) else { continue }
            var call = call
            call.params?["uri"] = .string(original)
            let result = try await member.session.call(call)
            remember(call, original, of: member)
            return original == uri ? result : named(result, uri, for: original)
        }
        guard let member = members.first(where: { $0.names.mayHaveMade(uri) }) else {
            throw .refused(RPCError(code: -32002, "There is no such resource.", data: ["uri": .string(uri)]))
        }
        let result = try await member.session.call(call)
        remember(call, uri, of: member)
        return result
    }

    private func remember(_ call: RemoteCall, _ uri: String, of member: MergedMember) {
        let call = RemoteCall(call.method, call.params)
        switch call.method {
        case "resources/subscribe": state.withLock { $0.subscriptions[member.alias, default: [:]][uri] = call }
        case "resources/unsubscribe": state.withLock { $0.subscriptions[member.alias]?[uri] = nil }
        default: break
        }
    }

    /// The contents, under the URI that was asked for.
    private func named(_ result: JSON, _ uri: String, for original: String) -> JSON {
        guard let contents = result["contents"]?.array else { return result }
        var result = result
        result["contents"] = .array(
            contents.map { content in
                guard content["uri"]?.string == original else { return content }
                var content = content
                content["uri"] = .string(uri)
                return content
            }
        )
        return result
    }
}

extension CatalogList {
    /// What a server declares that has the list.
    fileprivate var capability: String { self == .resourceTemplates ? "resources" : member }
}
