import Clock
import JSONRPC
import Logging
import MCP

/// Starts the process of a session, and finds out what it speaks.
struct ProcessOpener: RemoteOpener {
    private let server: ProcessRemoteServer
    private let inbox: Inbox
    private let health: ProcessHealth

    /// Who waits no longer than this for a process to be started again waits; others fail.
    private static let patience = Duration.seconds(3)
    /// A server that does not know `server/discover` may be silent about it.
    private static let silence = Duration.seconds(10)

    init(_ server: ProcessRemoteServer, _ inbox: Inbox, _ health: ProcessHealth) {
        self.server = server
        self.inbox = inbox
        self.health = health
    }

    func open(for client: RemoteClient) async throws(RemoteFailure) -> OpenedServer {
        let end = SuspendingClock.now + server.timeout
        try await waitForTurn()
        var wire = try await newWire()
        var probe = EraProbe(process: server.era, known: server.known.way)
        var verdict = probe.start()
        while true {
            switch verdict {
            case .fail(let failure):
                server.known.way = nil
                await wire.close()
                throw failure
            case .open: throw .protocolFault(detail: "The server was found before it was asked.")
            case .next(let step):
                if wire.hasEnded { wire = try await newWire() }
                verdict = probe.next(after: await ask(step, client, wire, until: end), of: step)
                if case .open(let found) = verdict { return await settle(found, wire) }
            }
        }
    }

    private func waitForTurn() async throws(RemoteFailure) {
        let pause = health.pause
        guard pause <= Self.patience else {
            let seconds = Int(pause / .seconds(1))
            let words = "\(health.lastEnd ?? "The process ended.") It is started again in \(seconds) seconds."
            throw .processEnded(detail: words)
        }
        guard pause > .zero else { return }
        do { try await SystemClock.sleep(for: pause) } catch { throw .cancelled }
    }

    private func newWire() async throws(RemoteFailure) -> ProcessWire {
        let wire = ProcessWire(server, inbox, health)
        try await wire.start()
        inbox.answers { await wire.post($0, revision: nil) }
        return wire
    }

    /// All steps together wait no longer than one request.
    private func ask(
        _ step: EraProbe.Step,
        _ client: RemoteClient,
        _ wire: ProcessWire,
        until end: SuspendingClock.Instant
    ) async -> CallEnd {
        let id = inbox.calls.nextID()
        let left = max(.milliseconds(1), end - .now)
        guard step.isDiscovery else { return await inbox.ask(.initialize(id, for: client), by: wire, silence: left) }
        let silence = server.era == .stateless ? left : min(left / 2, Self.silence)
        return await inbox.ask(.discover(id, for: client), by: wire, silence: silence)
    }

    private func settle(_ found: RemoteServer, _ wire: ProcessWire) async -> OpenedServer {
        server.known.way = KnownEra.Way(isStateless: found.revision.isStateless, url: "")
        health.answered()
        server.log.debug("The server is open", ("revision", found.revision.rawValue))
        if !found.revision.isStateless {
            await wire.post(Notification("notifications/initialized").encoded, revision: found.revision)
        }
        return OpenedServer(server: found, wire: wire)
    }
}
