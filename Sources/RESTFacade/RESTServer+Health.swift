package import Bridge
import Clock
import HTTP
package import JSON
import MCP
import MCPClient
import Synchronization
import Threads

// What says whether all is well.
extension RESTServer {
    func health() async -> JSON {
        let known = await state.current(within: .seconds(1))
        return .members(
            ("status", "healthy"),
            ("version", .string(configuration.version)),
            ("uptime", .int(Int(SystemClock.secondsSince1970() - started))),
            ("remote", described(known)),
            ("warnings", configuration.warnings.isEmpty ? nil : .strings(configuration.warnings))
        )
    }

    func readiness() async -> HTTPResponse {
        let known = await state.current(within: .seconds(2))
        let isReady = known.status == .up
        var response = Self.jsonResponse(
            ["status": isReady ? "ready" : "not_ready", "remote": described(known)],
            isReady ? .ok : .serviceUnavailable
        )
        if !isReady { response.fields["Retry-After"] = "5" }
        return response
    }

    package func isReady() async -> Bool { await state.current(within: .seconds(2)).status == .up }
    package func remoteStatus() async -> JSON { described(await state.current(within: .seconds(1))) }

    private func described(_ known: RemoteState.Known) -> JSON {
        var json = known.json
        if let omittedTools { json["tools_omitted"] = omittedTools }
        return json
    }

    /// How many of the server's tools are left out, or `all` where their list is too large to be read; nil where none is.
    package var omittedTools: JSON? {
        switch omitted.extent {
        case .several(let count)?: .int(count)
        case .all?: "all"
        case nil: nil
        }
    }

    func childHealth() async throws(RESTError) -> HTTPResponse {
        do throws(RemoteFailure) {
            return Self.jsonResponse(["status": "ok", "tools": .int(try await catalog.tools(for: .noOne).count)])
        } catch {
            let why = restError(error, for: .noOne)
            throw RESTError(503, why.code, why.detail, fields: ["Retry-After": "5"])
        }
    }
}

extension BridgeCaller {
    /// Callers that bring no token.
    package static let noOne = BridgeCaller(key: "no one")
}

/// What is known of the server at the other side: asked for on demand, and kept for ten seconds.
final class RemoteState: Sendable {
    enum Status: String, Sendable { case up, down, unknown }

    struct Known: Sendable {
        var status = Status.unknown
        var era: String?
        var checkedAt: Double?
        var error: String?

        var json: JSON {
            .members(
                ("status", .string(status.rawValue)),
                ("era", era.map { .string($0) }),
                ("checked_at", checkedAt.map { .double($0.rounded()) }),
                ("error", error.map { .string($0) })
            )
        }
    }

    private struct State {
        var known = Known()
        var end: ContinuousClock.Instant?
        var isAsking = false
    }

    private let pool: SessionPool
    private let state = Mutex(State())
    private static let life = Duration.seconds(10)

    private let fault: @Sendable () -> String?

    init(_ pool: SessionPool, fault: @escaping @Sendable () -> String?) {
        self.pool = pool
        self.fault = fault
    }

    /// What is known by then; the server itself may take longer.
    func current(within limit: Duration) async -> Known {
        let begins = state.withLock { state -> Bool in
            guard !state.isAsking, state.end.map({ $0 <= .now }) ?? true else { return false }
            state.isAsking = true
            return true
        }
        if begins { Task(executorPreference: WorkerPool.shared) { await self.ask() } }
        let end = ContinuousClock.now + limit
        var pause = Duration.milliseconds(1)
        while state.withLock({ $0.isAsking }), .now < end {
            try? await SystemClock.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(50))
        }
        return state.withLock { $0.known }
    }

    private func ask() async {
        let session = pool.session(for: .noOne)
        var known = Known(checkedAt: SystemClock.secondsSince1970())
        do throws(RemoteFailure) {
            let server = try await session.open()
            known.era = server.revision.rawValue
            _ = try await session.call(
                RemoteCall(server.revision.isStateless ? "server/discover" : "ping", isRepeatable: true)
            )
            known.status = .up
            if let fault = fault() { (known.status, known.error) = (.down, fault) }
        } catch {
            known.era = session.server?.revision.rawValue
            known.status = error.isAnswer ? .up : .down
            known.error = error.isAnswer ? nil : fault() ?? RESTError(error).code
        }
        let result = known
        state.withLock { state in
            state.known = result
            state.end = .now + Self.life
            state.isAsking = false
        }
    }
}

extension RemoteFailure {
    /// Whether it says that the server is there, and wants someone to sign in, or knows no such request.
    fileprivate var isAnswer: Bool {
        switch self {
        case .refused, .notSignedIn, .status(.unauthorized, _, _, _), .status(.forbidden, _, _, _): true
        default: false
        }
    }
}
