import Clock
import Crypto
import Files
package import JSON
package import OvalEdge
import Synchronization

/// The audit log: an entry for every write that was attempted, as lines of JSON in a private directory.
///
/// Each entry has the digest of the one before and a code that only the holder of the key can make, and the head says
/// how many there are: none can be changed, made up or taken out unnoticed, neither in the middle nor at the end.
///
/// All processes of one user append to the same file. A full file is put aside under a number, and the chain goes on in
/// a new one.
package final class AuditLog: Sendable {
    package let path: String
    private let keyFile: AuditKeyFile
    private let fullAt: Int
    private let now: @Sendable () -> Double
    private let key = Mutex<AuditKey?>(nil)

    package init(
        folder path: String,
        key: AuditKeyFile,
        fullAt: Int = 4 << 20,
        now: @escaping @Sendable () -> Double = SystemClock.secondsSince1970
    ) {
        self.path = path
        keyFile = key
        self.fullAt = fullAt
        self.now = now
    }

    /// Adds one entry; `members` follow the time, the number, and the digest of the entry before it.
    package func append(_ members: JSONObject) async throws(AuditLogError) {
        do {
            let folder = try PrivateDirectory(path)
            let lock = try await held(in: folder)
            defer { withExtendedLifetime(lock) {} }
            var writer = try AuditWriter(folder, try madeKey(for: folder))
            try writer.append(members, at: Timestamp.text(now()), fullAt: fullAt)
        } catch {
            throw AuditLogError(error)
        }
    }

    /// Read once: taking the key away does not end a log that is under way.
    ///
    /// None is made for a log that has a head or keyed entries: a new key opens nothing of it, and would hide that the
    /// right one is gone.
    private func madeKey(for folder: PrivateDirectory) throws -> AuditKey {
        if let key = key.withLock({ $0 }) { return key }
        guard !keyFile.isIn(path) else {
            throw AuditLogError(
                "its key, \(keyFile.path), lies in the same directory",
                .moveAuditKey
            )
        }
        let made: AuditKey
        if let existing = try Self.ofKey({ try keyFile.existing() }) {
            made = existing
        } else {
            guard try !AuditFiles(folder: folder).areKeyed() else {
                throw AuditLogError(
                    "its key, \(keyFile.path), is missing",
                    .forOperator("Restore the key from a backup, or move all files out of \(path) to begin a new log.")
                )
            }
            made = try Self.ofKey { try keyFile.key() }
        }
        key.withLock { $0 = made }
        return made
    }

    /// What goes wrong with the file of the key has a remedy of its own.
    private static func ofKey<Result>(_ work: () throws -> Result) throws -> Result {
        do {
            return try work()
        } catch let error as FileError {
            throw AuditLogError(ofKey: error)
        }
    }

    /// Other processes hold the lock for a few milliseconds.
    private func held(in folder: PrivateDirectory) async throws -> FileLock {
        for _ in 0..<500 {
            if let lock = try folder.lock("audit.lock") { return lock }
            try await SystemClock.sleep(for: .milliseconds(10))
        }
        throw AuditLogError(
            "another process holds the lock \(path)/audit.lock",
            .forOperator("Try again, or end that process.")
        )
    }
}

/// The audit log cannot be written or read, and so nothing may be changed in the catalog.
package struct AuditLogError: RemediableError, Hashable, CustomStringConvertible {
    package let problem: String
    package let remedy: Remedy

    init(_ problem: String, _ remedy: Remedy) {
        self.problem = problem
        self.remedy = remedy
    }

    init(_ error: any Error) {
        switch error {
        case let error as AuditLogError: self = error
        case let error as FileError: self.init(error.description, .changeAuditFolder(hint: error.remedy))
        case let error as CryptoUnavailable:
            self.init("cryptography is not available (\(error.reason))", .forOperator("Install OpenSSL 3."))
        default: self.init("\(error)", .changeAuditFolder(hint: nil))
        }
    }

    init(ofKey error: FileError) {
        self.init(error.description, error.remedy.map { .forOperator($0) } ?? .changeAuditKey)
    }

    package var what: String { "Cannot use the audit log: \(problem)." }

    package var description: String { what }
}
