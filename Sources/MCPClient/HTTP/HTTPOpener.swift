import HTTP
import JSON
import JSONRPC
import Logging
import MCP

/// Opens conversations with a server over HTTP, as ``EraProbe`` says.
struct HTTPOpener: RemoteOpener {
    private let server: HTTPRemoteServer
    private let inbox: Inbox

    init(_ server: HTTPRemoteServer, _ inbox: Inbox) {
        self.server = server
        self.inbox = inbox
    }

    func open(for client: RemoteClient) async throws(RemoteFailure) -> OpenedServer {
        var probe = EraProbe(server.url, server.era, known: server.known.way)
        var verdict = probe.start()
        while true {
            switch verdict {
            case .fail(let failure):
                server.known.way = nil
                throw failure
            case .next(let step):
                let (end, wire) = try await ask(step, client)
                verdict = probe.next(after: end, of: step)
                guard case .open(let found) = verdict else {
                    await wire.close()
                    continue
                }
                return await settle(found, wire, step)
            case .open: throw .protocolFault(detail: "The server was found before it was asked.")
            }
        }
    }

    private func settle(_ found: RemoteServer, _ wire: any RemoteWire, _ step: EraProbe.Step) async -> OpenedServer {
        let isStateless = found.revision.isStateless
        if case .openEvents = step {} else { server.known.way = KnownEra.Way(isStateless: isStateless, url: step.url) }
        server.log.debug("The server is open", ("url", URLText.shown(step.url)), ("revision", found.revision.rawValue))
        let revision = found.revision
        inbox.answers { message in await wire.post(message, revision: revision) }
        if !isStateless {
            await wire.post(Notification("notifications/initialized").encoded, revision: revision)
        }
        return OpenedServer(server: found, wire: wire)
    }

    /// Once more with other credentials, where there are any.
    private func ask(
        _ step: EraProbe.Step,
        _ client: RemoteClient
    ) async throws(RemoteFailure) -> (CallEnd, any RemoteWire) {
        let first = await askOnce(step, client)
        guard case .unauthorized(let fields, let challenge, let status, _) = first.0 else { return first }
        guard try await server.credentials.renew(fields, challenge: challenge, status: status) else { return first }
        return await askOnce(step, client)
    }

    private func askOnce(_ step: EraProbe.Step, _ client: RemoteClient) async -> (CallEnd, any RemoteWire) {
        switch step {
        case .discover(let url):
            let wire = StreamableWire(server, at: url, inbox)
            return (await inbox.ask(.discover(inbox.calls.nextID(), for: client), by: wire), wire)
        case .initialize(let url):
            let wire = StreamableWire(server, at: url, inbox)
            inbox.answers { await wire.post($0, revision: nil) }
            return (await inbox.ask(.initialize(inbox.calls.nextID(), for: client), by: wire), wire)
        case .openEvents(let url):
            let wire = EventsWire(server, at: url, inbox)
            if let end = await wire.connect() { return (end, wire) }
            inbox.answers { await wire.post($0, revision: nil) }
            return (await inbox.ask(.initialize(inbox.calls.nextID(), for: client), by: wire), wire)
        }
    }
}

extension Inbox {
    /// Sends a request of the session itself.
    func ask(
        _ request: OutgoingRequest,
        by wire: any RemoteWire,
        silence: Duration? = nil,
        _ events: (any RemoteCallEvents)? = nil
    ) async -> CallEnd {
        await calls.ending(of: request.id, events: events, silence: silence) {
            await wire.transfer(request)
        } abandon: { transfer in
            wire.abandon(request, transfer)
        }
    }
}

extension OutgoingRequest {
    /// Asks whether the server speaks 2026-07-28.
    static func discover(_ id: Int, for client: RemoteClient) -> OutgoingRequest {
        let meta = JSON.object(JSONObject(client.hopMembers(.july2026)))
        let params: JSON = ["_meta": meta]
        return OutgoingRequest(
            id: id,
            method: "server/discover",
            params: params,
            revision: .july2026,
            isRepeatable: true
        )
    }

    static func initialize(_ id: Int, for client: RemoteClient) -> OutgoingRequest {
        let params: JSON = [
            "protocolVersion": .string(Revision.newestWithHandshake.rawValue),
            "capabilities": client.handshakeCapabilities, "clientInfo": client.info,
        ]
        return OutgoingRequest(id: id, method: "initialize", params: params, revision: nil, isRepeatable: true)
    }
}

extension RemoteClient {
    /// What each request of 2026-07-28 says of its sender.
    func hopMembers(_ revision: Revision) -> [JSONObject.Member] {
        [
            .init(HopKeys.version, .string(revision.rawValue)), .init(HopKeys.info, info),
            .init(HopKeys.capabilities, statelessCapabilities),
        ]
    }

    /// Without the tasks of 2025-11-25, which 2026-07-28 does not have.
    private var statelessCapabilities: JSON {
        var declared = capabilities
        declared["tasks"] = nil
        return declared
    }

    /// Without the tasks of 2026-07-28, which are an extension that no handshake can agree to.
    fileprivate var handshakeCapabilities: JSON {
        let tasks = "io.modelcontextprotocol/tasks"
        guard case .object(var extensions)? = capabilities["extensions"], extensions[tasks] != nil else {
            return capabilities
        }
        extensions[tasks] = nil
        var declared = capabilities
        declared["extensions"] = extensions.isEmpty ? nil : .object(extensions)
        return declared
    }
}
