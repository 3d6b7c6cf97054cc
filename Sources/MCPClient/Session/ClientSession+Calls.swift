import Clock
import HTTP
import JSON
import JSONRPC
import MCP
import Synchronization

extension ClientSession {
    func call(_ call: RemoteCall) async throws(RemoteFailure) -> JSON {
        var tries = CallTries(call, longestWait: limits.silence)
        while true {
            let (conversation, number) = try await conversation()
            if lookAfterSleep(conversation, number) { continue }
            if let result = await answerHere(call, conversation, number) { return result }
            await askForLog(call, conversation)
            let end = await transfer(call, conversation)
            switch tries.next(after: end, in: conversation) {
            case .finish(let outcome): return remembered(try outcome.get(), of: call, conversation)
            case .forget(let failure):
                lose(number)
                throw failure
            case .reopen: lose(number)
            case .renew(let end): try await renew(end, conversation)
            case .wait(let pause):
                do { try await SystemClock.sleep(for: pause) } catch { throw .cancelled }
            case .again: break
            case .readTools: await readTools(conversation)
            }
        }
    }

    private func transfer(_ call: RemoteCall, _ conversation: OpenedServer) async -> CallEnd {
        let id = inbox.calls.nextID()
        let request = request(call, id, conversation)
        let wire = conversation.wire
        return await inbox.calls.ending(of: id, events: call.events) {
            await wire.transfer(request)
        } abandon: { transfer in
            wire.abandon(request, transfer)
        }
    }

    func request(_ call: RemoteCall, _ id: Int, _ conversation: OpenedServer) -> OutgoingRequest {
        let isStateless = conversation.revision.isStateless
        let tool = call.method == "tools/call" ? call.params?["name"]?.string : nil
        return OutgoingRequest(
            id: id,
            method: call.method,
            params: params(of: call, id, conversation.revision),
            revision: conversation.revision,
            fields: call.fields,
            parameters: isStateless ? tools.parameters(of: tool) : [],
            isRepeatable: call.isRepeatable || call.isRead,
            caller: call.caller
        )
    }

    /// The call's own, with what this hop has to say.
    private func params(of call: RemoteCall, _ id: Int, _ revision: Revision) -> JSON? {
        var params = call.params ?? JSONObject()
        let had = params["_meta"]
        var meta = had?.object ?? JSONObject()
        if revision.isStateless {
            for member in client.hopMembers(revision) { meta[member.name] = member.value }
            if meta[HopKeys.logLevel] == nil, let level = state.withLock({ $0.logLevel }) {
                meta[HopKeys.logLevel] = .string(level)
            }
        } else {
            meta[HopKeys.logLevel] = nil
        }
        if call.wantsProgress { meta["progressToken"] = .int(id) }
        if had != nil || !meta.isEmpty { params["_meta"] = .object(meta) }
        return params.isEmpty && call.params == nil ? nil : .object(params)
    }

    private func renew(_ end: CallEnd, _ conversation: OpenedServer) async throws(RemoteFailure) {
        guard case .unauthorized(let fields, let challenge, let status, let failure) = end else { return }
        guard let credentials = conversation.wire.credentials,
            try await credentials.renew(fields, challenge: challenge, status: status)
        else { throw failure }
    }
}

// What the two eras have in different places.
extension ClientSession {
    /// The result of what a server without a handshake does not know, because each request says it itself.
    private func answerHere(_ call: RemoteCall, _ conversation: OpenedServer, _ number: Int) async -> JSON? {
        guard conversation.revision.isStateless else { return nil }
        switch call.method {
        case "ping": return [:]
        case "logging/setLevel":
            state.withLock { $0.logLevel = call.params?["level"]?.string }
            return [:]
        case "resources/subscribe", "resources/unsubscribe":
            noteSubscription(call)
            // What changes from now on is not to be missed.
            await listen(to: conversation, number)?.untilBegun(atMost: .seconds(2))
            return [:]
        default: return nil
        }
    }

    private func noteSubscription(_ call: RemoteCall) {
        guard let uri = call.params?["uri"]?.string else { return }
        state.withLock { state in
            state.subscriptions.removeAll { $0 == uri }
            if call.method == "resources/subscribe" { state.subscriptions.append(uri) }
        }
    }

    /// A call's own log level, for a server that has one for the session: it is lowered as far as the lowest that was asked
    /// for.
    private func askForLog(_ call: RemoteCall, _ conversation: OpenedServer) async {
        guard !conversation.revision.isStateless, let wanted = call.params?["_meta"]?[HopKeys.logLevel]?.string,
            conversation.server.capabilities["logging"] != nil, Self.levels.contains(wanted)
        else { return }
        let isNews = state.withLock { state in
            guard state.logLevel.map({ Self.place(wanted) < Self.place($0) }) ?? true else { return false }
            state.logLevel = wanted
            return true
        }
        if isNews { await ask("logging/setLevel", JSONObject([.init("level", .string(wanted))]), conversation) }
    }

    private static let levels = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"]

    private static func place(_ level: String) -> Int { levels.firstIndex(of: level) ?? levels.count }

    /// The result, after the session has learned from it.
    private func remembered(_ result: JSON, of call: RemoteCall, _ conversation: OpenedServer) -> JSON {
        switch call.method {
        case "tools/list" where conversation.revision.isStateless: return tools.learn(result)
        case "logging/setLevel": state.withLock { $0.logLevel = call.params?["level"]?.string }
        case "resources/subscribe", "resources/unsubscribe": noteSubscription(call)
        default: break
        }
        return result
    }

    /// All pages; a list that comes back to where it was ends there.
    private func readTools(_ conversation: OpenedServer) async {
        var cursor: JSON?
        var seen: Set<JSON> = []
        for _ in 0..<RemoteCall.mostPages {
            let params = JSONObject(cursor.map { [.init("cursor", $0)] } ?? [])
            guard case .answered(.success(let page), _) = await ask("tools/list", params, conversation) else { return }
            _ = tools.learn(page)
            cursor = page["nextCursor"]
            guard let cursor, seen.insert(cursor).inserted else { return }
        }
    }
}
