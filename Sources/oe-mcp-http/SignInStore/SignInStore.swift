import AuthorizationServer
import Commands
import Crypto
import Logging
import Settings
import SharedStore
import Telemetry
import Text
import Threads

/// Where the sign-ins of this server are kept, as the settings say.
struct SignInStore: Sendable {
    let grants: GrantStore
    private let shared: RecordsInStore?
    /// Nil where no folder is used.
    private let folder: String?

    /// Throws where another server uses the folder, or what is in it cannot be believed.
    init(
        _ settings: Settings,
        now: @escaping @Sendable () -> Double,
        metrics: Metrics,
        log: Log
    ) throws(SignInStoreProblem) {
        var (shared, folder): (RecordsInStore?, String?)
        let records: any RecordStore
        switch settings.oauth.signIn.store ?? .file(nil) {
        case .memory: records = RecordsInMemory(now: now)
        case .redis(let address):
            let client = StoreClient(at: address, setBy: "OAUTH_STORE", settings, metrics: metrics, log: log)
            let own = RecordsInStore(client, now: now)
            (shared, records) = (own, own)
        case .file(let path):
            let path = Self.folder(path)
            do throws(FolderFault) {
                let own = try RecordsInFolder(path, now: now)
                if own.wasCutOff {
                    log.warning("The last change of sign-ins was not written to its end, and is left out.")
                }
                (folder, records) = (path, own)
            } catch {
                throw SignInStoreProblem(error)
            }
        }
        grants = GrantStore(records, now: now)
        self.shared = shared
        self.folder = folder
    }

    /// In the folder that is set, that systemd gives, or among what this user's programs keep.
    static func folder(_ path: FolderPath?) -> String {
        if let path { return path.text }
        let given = Environment.variables["STATE_DIRECTORY"]?.split(separator: ":").first.map { String($0) }
        return (given ?? Environment.stateFolder) + "/sign-ins"
    }

    /// Lets `oe-mcp-http connections` ask, and looks whether a shared store keeps what it is given.
    func open(_ log: Log) -> ConnectionsSocket? {
        if let shared {
            Task(executorPreference: WorkerPool.shared) {
                guard let policy = await shared.eviction() else { return }
                log.error(
                    """
                    The store in OAUTH_STORE may throw sign-ins away (maxmemory-policy \(policy)). Set maxmemory-policy to \
                    noeviction.
                    """
                )
            }
        }
        guard let folder else { return nil }
        do {
            return try ConnectionsSocket(in: folder, grants)
        } catch {
            log.warning("`oe-mcp-http connections` cannot ask this server: \(error.reason).")
            return nil
        }
    }
}

/// Why sign-ins cannot be kept where the settings say.
struct SignInStoreProblem: Error, CustomStringConvertible {
    let description: String

    init(_ fault: FolderFault) {
        var remedy = fault.remedy
        if case .inUse = fault {
            remedy = "Stop the other server, name another folder in OAUTH_STORE, or let several share a Redis."
        }
        description = "\(fault) \(remedy)"
    }
}

extension KeySets {
    /// Of the file that OAUTH_KEY_FILE names; nil where none is read.
    init?(_ file: KeyFile?) throws(CryptoUnavailable) {
        guard let file else { return nil }
        try self.init(keys: file.keys.map { KeyRing.bytes($0) })
    }
}
