import Bridge
import Clock
import Commands
import CurlHTTP
import HTTP
import JSON
import Logging
import MCP
import MCPClient
import OAuthClient
import RESTFacade
import Settings
import Telemetry
import Text

/// `oe-mcp-http doctor --bridge`: what can be wrong between a bridge and its servers, each check a line.
enum BridgeDoctor {
    static func examine(_ line: ParsedCommandLine) throws -> Int32 {
        guard line["remote"] == nil, !line.has("oauth"), !line.has("sandbox"), !line.has("json") else {
            throw UsageError(
                "`--bridge` goes with none of the other checks.",
                advice: "Write --bridge alone, or with --token."
            )
        }
        let wiring: RemoteWiring
        let entries: [ServerEntry]
        do {
            wiring = try RemoteWiring(line, listens: true, logLevel: .error)
            entries =
                try line["config"].map { try ServersFile($0, wiring.settings).entries }
                ?? [.settings(wiring.settings)]
        } catch let error as SettingsError {
            let checks = error.problems.map {
                RemoteCheck.failed("settings \($0.name)", "it \($0.what)", remedy: $0.advice)
            }
            _ = show(checks, line, Redactor())
            return SettingsError.exitCode
        }
        let caller = line["token"].map { BridgeCaller(key: "doctor", token: Secret($0)) } ?? .noOne
        if let token = caller.token { wiring.log.redactor.add(token) }
        let checks = Waiter.run { await BridgeExamination(wiring, caller).checks(entries) }
        return show(checks, line, wiring.log.redactor)
    }

    private static func show(_ checks: [RemoteCheck], _ line: ParsedCommandLine, _ redactor: Redactor) -> Int32 {
        DoctorText.ofThisOutput(line).write(checks.map { $0.doctorCheck }, redactor)
        return checks.contains { $0.state == .failed } ? 1 : 0
    }
}

/// The checks, in the order in which a request meets what they are about.
struct BridgeExamination: Sendable {
    private let wiring: RemoteWiring
    private let caller: BridgeCaller
    private let upstreams: RemoteUpstreams

    init(_ wiring: RemoteWiring, _ caller: BridgeCaller) {
        self.wiring = wiring
        self.caller = caller
        upstreams = RemoteUpstreams(wiring, RemoteMetrics(OperationNames.mcp(tools: [], transport: "tcp")))
    }

    func checks(_ entries: [ServerEntry]) async -> [RemoteCheck] {
        var checks: [RemoteCheck] = [.ok("settings", "a bridge starts with them")]
        checks += upstreams.warnings(entries).map {
            .warning("credentials", $0, remedy: "See “Who calls” in docs/Bridge.md.")
        }
        checks.append(tls)
        checks.append(await exchange)
        for entry in entries where !entry.isDisabled { checks += await self.checks(of: entry) }
        return checks
    }

    private var tls: RemoteCheck {
        let connection = wiring.settings.remote.connection
        guard connection.verifiesTLS else {
            return .warning("tls", "certificates are not verified", remedy: "Leave out MCP_REMOTE_VERIFY_TLS.")
        }
        return .ok(
            "tls",
            connection.caBundle.map { "\($0) is trusted, too" } ?? "the system's certificates are trusted"
        )
    }

    private var exchange: RemoteCheck {
        get async {
            guard let way = wiring.exchangeWay else { return .ok("exchange", "callers' tokens are not exchanged") }
            let issuer = wiring.settings.remote.credentials.issuer ?? ""
            let client = CurlClient(wiring.curl(for: issuer), log: wiring.log)
            let exchange = CallerExchange(way, client: client, log: wiring.log)
            if let problem = await exchange.problem() {
                return .failed("exchange", problem.withoutPoint, remedy: "Check MCP_REMOTE_SERVER_OAUTH_ISSUER.")
            }
            guard let token = caller.token else {
                return .skipped("exchange", "the issuer answers", remedy: "Add --token to exchange one.")
            }
            do throws(RemoteFailure) {
                _ = try await exchange.token(for: token)
                return .ok("exchange", "the token was exchanged")
            } catch {
                return .failed("exchange", words(error), remedy: "Check the client, its secret, scope and audience.")
            }
        }
    }

    private func checks(of entry: ServerEntry) async -> [RemoteCheck] {
        let upstream = upstreams.upstream(for: entry)
        let pool = SessionPool(upstream.offered, client: RESTServer.client(version: wiring.settings.server.version))
        let mode = upstream.mode(caller).rawValue
        let began = SystemClock.nanoseconds()
        var checks: [RemoteCheck] = []
        do throws(RemoteFailure) {
            let server = try await pool.session(for: caller).open()
            let milliseconds = (SystemClock.nanoseconds() - began) / 1_000_000
            checks.append(
                .ok(entry.name, "it answers after \(milliseconds) ms, and speaks \(server.revision.rawValue)")
            )
            let tools = try await Catalog(pool, life: .zero).tools(for: caller)
            let text = "\(tools.count) are offered; the credential is that of mode \(mode)"
            checks.append(
                tools.isEmpty
                    ? .warning("\(entry.name) tools", text, remedy: "Check INCLUDE_TOOLS and EXCLUDE_TOOLS.")
                    : .ok("\(entry.name) tools", text)
            )
        } catch {
            let name = checks.isEmpty ? entry.name : "\(entry.name) tools"
            checks.append(.failed(name, "\(words(error)) (mode \(mode))", remedy: remedy(error)))
        }
        await pool.close()
        return checks
    }

    /// As the REST interface says it.
    private func words(_ failure: RemoteFailure) -> String {
        // What to do stands behind it.
        switch failure {
        case .unreachable(.connectionRefused, let url): return "Connection refused to \(url)"
        case .unreachable(let failure, _): return "\(failure)".withoutPoint
        default: break
        }
        let error = RESTError(failure, remedy: RemoteRemedy.sentence)
        return (error.detail.string ?? error.code).withoutPoint
    }

    private func remedy(_ failure: RemoteFailure) -> String {
        switch failure {
        case .status(.unauthorized, _, _, _), .notSignedIn: "Check the token, or bring one with --token."
        case .timedOut: "Check the server, and MCP_REMOTE_TIMEOUT."
        case .unreachable(let failure, _): RemoteRemedy.sentence(failure) ?? "Check its address and the network."
        default: "See “Errors” in docs/Bridge.md."
        }
    }
}

extension String {
    fileprivate var withoutPoint: String { last == "." ? String(dropLast()) : self }
}
