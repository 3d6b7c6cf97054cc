import Commands
import CurlHTTP
import HTTP
import JSON
import Logging
import MCP
import OvalEdge
import Settings
import SharedStore
import StreamableHTTP
import Telemetry

/// What all instances of this server share, through the store that is set.
struct Instances: Sendable {
    let store: StoreClient
    private let names: StoreNames
    private let seal: Seal
    private let exchangeSeconds: Int
    private let isRequired: Bool

    /// Nil where no store is set.
    ///
    /// `seal` is the one of sessions and confirmations; `ring` has the keys that all instances have.
    init?(_ settings: Settings, _ ring: KeyRing?, seal: Seal, metrics: Metrics, log: Log) {
        guard let address = settings.store.address, let ring else { return nil }
        store = StoreClient(at: address, setBy: "MCP_STORE_URL", settings, metrics: metrics, log: log)
        names = StoreNames(key: ring.names)
        self.seal = seal
        exchangeSeconds = settings.requests.timeoutSeconds
        isRequired = settings.store.isRequired
    }

    var tokens: any TokenStore { TokensInStore(store, names, seal, exchangeSeconds: exchangeSeconds) }
    var used: any UsedTokens { UsedTokensInStore(store, names) }
    var parts: SharedParts {
        SharedParts(ended: EndedSessionsInStore(store, names), failures: FailuresInStore(store, names))
    }

    /// Has `/health` say how the store is, and `/ready`, where it is required, depend on it.
    func watch(_ configuration: inout StreamableHTTPConfiguration) {
        let health = configuration.health
        configuration.health = { [store] in
            store.examine()
            var members = health()
            members["store"] = store.health.json
            return members
        }
        guard isRequired else { return }
        configuration.obstacle = { [store] in await store.examined().problem?.summary }
    }
}

// For `doctor`.
extension Instances {
    /// The store that is set, examined; nil where none is.
    static func check(_ wiring: Wiring) async -> DoctorCheck? {
        let settings = wiring.settings
        guard let address = settings.store.address, let keys = settings.files.sealKeys else { return nil }
        do {
            let ring = try KeyRing(keys)
            let (seal, metrics) = (Seal(keys: ring.sealing), wiring.telemetry.metrics)
            guard let instances = Instances(settings, ring, seal: seal, metrics: metrics, log: wiring.log) else {
                return nil
            }
            return await instances.check(at: address.shown)
        } catch {
            let fix = DoctorCheck.Fix("Check MCP_SEAL_KEY and MCP_SEAL_KEY_FILE.")
            return .fail(.listenStore, "\(error)", fix: fix)
        }
    }

    /// Does once what a call needs: a record read, a turn taken and ended, and a token used.
    private func check(at address: String) async -> DoctorCheck {
        let trial = "oe-mcp:{doctor}:"
        let commands = [
            StoreCommand("PING"), StoreCommand("GET", trial + "jwt"),
            StoreCommand("SET", trial + "used", "1", "NX", "EX", "1"),
            StoreCommand("EXISTS", trial + "ended"),
            StoreCommand(script: "return redis.call('INCR', KEYS[1])", keys: [trial + "gen"]),
            StoreCommand("EXPIRE", trial + "gen", "1"),
        ]
        let start = ContinuousClock.now
        for command in commands {
            do throws(StoreFailure) {
                _ = try await store.reply(to: command)
            } catch {
                return .fail(.listenStore, "\(error)", fix: DoctorCheck.Fix(error.remedy()))
            }
        }
        let each = (ContinuousClock.now - start) / .milliseconds(1) / Double(commands.count)
        let microseconds = Int(each * 1000)
        return .ok(.listenStore, "\(address) answers (\(microseconds) µs for a command)")
    }
}

extension StoreHealth {
    fileprivate var json: JSON {
        .members(
            ("available", .bool(isAvailable)),
            ("commands", .int(commands)),
            ("errors", .int(errors)),
            ("reason", problem.map { .string($0.summary) })
        )
    }
}

extension CurlConnection: StoreConnection {}

extension StoreClient {
    /// `setting` is the name of the one with the address.
    convenience init(at address: StoreAddress, setBy setting: String, _ settings: Settings, metrics: Metrics, log: Log)
    {
        let network = CurlConfiguration(forStore: settings, port: address.port, isEncrypted: address.isEncrypted)
        self.init(
            StoreConfiguration(user: address.user, password: address.password, database: address.database),
            log: log,
            remedy: { $0.remedy(naming: setting) },
            whenFailed: metrics.storeFailed
        ) { () throws(HTTPFailure) in
            try CurlConnection(to: address.host, port: address.port, isSecure: address.isEncrypted, network)
        }
    }
}

extension CurlConfiguration {
    /// Certificates are those of requests to OvalEdge; so is the proxy of all https addresses, where there is one.
    ///
    /// Without TLS no proxy is asked, which would see the password.
    fileprivate init(forStore settings: Settings, port: Int, isEncrypted: Bool) {
        let network = settings.network
        let proxy = isEncrypted ? network.httpsProxy ?? network.allProxy : nil
        self.init(
            timeout: .seconds(1),
            caBundle: network.caBundle,
            systemCertificates: network.sslCertFile,
            proxy: proxy?.address.revealed ?? "",
            noProxy: network.noProxy?.hosts(port: port),
            clientCertificate: network.clientCertificate,
            clientKey: network.clientKey
        )
    }
}
