import Crypto
import Files
import OvalEdge
import Text

/// The file with the key of the audit log: 32 random bytes, for this user alone.
///
/// It lies apart from the log, so that neither write access to the log nor a copy suffices to make entries. It is made
/// at random and not from the credentials: verification goes on when these are changed, and a copy of the log is no test
/// for guesses of them.
package struct AuditKeyFile: Sendable {
    package let path: String
    private let log: String

    /// `log` distinguishes logs under the same key: what was written in one does not pass for an entry of another.
    package init(_ path: String, log: String = "catalog") {
        self.path = path
        self.log = log
    }

    /// Makes the file if it is missing.
    func key() throws -> AuditKey {
        let folder = try PrivateDirectory(directory, others: .look)
        if !folder.holds(name) { _ = try folder.create(name, with: try Crypto.randomBytes(AuditKey.size)) }
        return try key(in: folder)
    }

    /// Nil when the file is missing; nothing is made.
    func existing() throws -> AuditKey? {
        let folder = try PrivateDirectory(existing: directory, others: .look)
        guard let folder, folder.holds(name) else { return nil }
        return try key(in: folder)
    }

    private func key(in folder: PrivateDirectory) throws -> AuditKey {
        guard let bytes = folder.contents(of: name, limit: 4096) else { throw folder.foreign(name) }
        guard bytes.count == AuditKey.size else {
            throw AuditLogError("\(path) is not a key of \(AuditKey.size) bytes", .restoreAuditKey)
        }
        return try AuditKey(bytes, log: log)
    }

    /// Whether it lies in this directory.
    func isIn(_ folder: String) -> Bool { directory == folder }

    private var directory: String { String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) }
    private var name: String { String(path[path.index(after: path.lastIndex(of: "/") ?? path.startIndex)...]) }
}

/// The keys of one audit log: that of its entries, and that of its head.
struct AuditKey: Sendable {
    static let size = 32

    private let entries: [UInt8]
    private let head: [UInt8]

    init(_ bytes: [UInt8], log: String) throws(CryptoUnavailable) {
        entries = try Crypto.derivedKey(from: bytes, purpose: "oe-mcp audit log \(log): entries")
        head = try Crypto.derivedKey(from: bytes, purpose: "oe-mcp audit log \(log): head")
    }

    /// As written in the entry.
    func code(of entry: [UInt8]) throws(CryptoUnavailable) -> String {
        try Crypto.authentication(of: entry, key: entries).hexadecimal
    }

    func sealed(_ plain: [UInt8]) throws(CryptoUnavailable) -> [UInt8] { try Crypto.sealed(plain, key: head) }

    func opened(_ sealed: [UInt8]) throws(CryptoUnavailable) -> [UInt8]? { try Crypto.opened(sealed, key: head) }
}
