import Crypto
package import Files
import Threads

/// Records in one private folder, for one server at a time.
///
/// All of them are in memory, too, so that nothing waits to read them. Changes are added to the end of a file, and who
/// made one waits until it is on the disk; those that come meanwhile reach it together. One that cannot be written has
/// changed nothing. Once the file is much longer than what is left of it, it is written again.
package final class RecordsInFolder: RecordStore {
    private let writer: RecordWriter
    private let now: @Sendable () -> Double
    /// Whether the last line had not been written to its end: a process was killed, or the machine.
    package let wasCutOff: Bool

    /// Throws when another server uses the folder, or what is in it cannot be believed.
    package init(_ path: String, now: @escaping @Sendable () -> Double) throws(FolderFault) {
        self.now = now
        let file = try RecordFile(path)
        let (table, isWhole) = try file.read()
        wasCutOff = !isWhole
        writer = RecordWriter(file, table)
        // Whatever is wrong with the end of the file, it ends with this.
        try writer.renew()
    }

    deinit { writer.close() }

    package func records(_ names: [String]) async -> [[UInt8]?] {
        writer.values(names, at: now())
    }

    package func recordsAtHand(_ names: [String]) -> [[UInt8]?]? { writer.values(names, at: now()) }

    package func records(inList list: String) async -> [[UInt8]] { writer.values(inList: list, at: now()) }

    package func apply(_ change: RecordChange) async throws(GrantsUnavailable) -> Bool {
        try await writer.apply(change, at: now())
    }
}

/// Why a folder cannot be used for records.
package enum FolderFault: Error, Hashable, Sendable {
    case inUse(path: String)
    case damaged(path: String, line: Int)
    /// It was written by a version that came later.
    case unknownFormat(path: String)
    case file(FileError)
    case noCryptography(String)
}

extension FolderFault: CustomStringConvertible {
    /// What happened, as a sentence.
    package var description: String {
        switch self {
        case .inUse(let path): "Another server uses the sign-ins in \(path)."
        case .damaged(let path, let line): "The sign-ins in \(path) are damaged in line \(line)."
        case .unknownFormat(let path): "The sign-ins in \(path) were written by a newer version."
        case .file(let error): error.description.prefix(1).uppercased() + error.description.dropFirst() + "."
        case .noCryptography(let why): why
        }
    }

    /// What to do, as a sentence.
    package var remedy: String {
        switch self {
        case .inUse: "Stop the other server, or let several share a store that is made for it."
        case .damaged(let path, _):
            "Bring \(path) back from a backup, or move it away: then everyone has to sign in again."
        case .unknownFormat: "Install that version again, or move the file away: then everyone has to sign in again."
        case .file(let error): error.remedy ?? "Free some space, or name a folder that this user can write to."
        case .noCryptography: "Install OpenSSL 3."
        }
    }
}

/// The file itself, and the lock on it.
final class RecordFile: Sendable {
    private static let (name, lockName, limit) = ("sign-ins.log", "sign-ins.lock", 1 << 30)

    private let folder: PrivateDirectory
    private let lock: FileLock
    let path: String

    init(_ path: String) throws(FolderFault) {
        let lock: FileLock?
        do throws(FileError) {
            folder = try PrivateDirectory(path)
            lock = try folder.lock(Self.lockName)
        } catch {
            throw .file(error)
        }
        guard let lock else { throw .inUse(path: path) }
        self.lock = lock
        self.path = path + "/" + Self.name
    }

    /// With the records, false when the last line is not whole.
    func read() throws(FolderFault) -> (RecordTable, Bool) {
        var (table, log) = (RecordTable(), RecordLog())
        guard folder.holds(Self.name) else { return (table, true) }
        guard let bytes = folder.contents(of: Self.name, limit: Self.limit) else {
            throw .file(folder.foreign(Self.name))
        }
        do throws(RecordLog.Fault) {
            let isWhole = try log.read(bytes) { table.apply($0) }
            return (table, isWhole)
        } catch {
            switch error {
            case .damaged(let line): throw .damaged(path: path, line: line)
            case .unknownFormat: throw .unknownFormat(path: path)
            case .noCryptography(let why): throw .noCryptography(why)
            }
        }
    }

    func append(_ bytes: [UInt8]) throws(FileError) { try folder.append(bytes, to: Self.name) }

    func replacement() throws(FileError) -> FileReplacement { try FileReplacement(of: Self.name, in: folder) }
}

extension RecordTable {
    mutating func apply(_ entry: RecordLog.Entry) {
        switch entry {
        case .put(let name, let value, let end, let lists):
            insert(RecordChange.Put(name, value, end: end, lists: lists.map { RecordList($0) }))
        case .drop(let name): drop(name)
        }
    }
}
