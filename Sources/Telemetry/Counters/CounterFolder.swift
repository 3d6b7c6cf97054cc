package import Files
import JSON
import Text

/// The folder in which each process of this user keeps what it has counted, and the sum of those that have ended.
///
/// A process is known to live by the lock on a file of its own. What it leaves behind is added to the sum by the next
/// that looks: the sum says which files are in it, so that none is added twice where the one who adds is killed.
package final class CounterFolder: Sendable {
    private static let sum = "sum.json"
    private static let sumLock = "sum.lock"
    private static let sizeLimit = 1 << 22

    private let directory: PrivateDirectory

    package init(_ path: String) throws(FileError) { directory = try PrivateDirectory(path) }

    private init(_ directory: PrivateDirectory) { self.directory = directory }

    /// Nil where nothing has been counted yet; nothing is made.
    package static func existing(_ path: String) throws(FileError) -> CounterFolder? {
        try PrivateDirectory(existing: path, others: .nothing).map { CounterFolder($0) }
    }

    /// Claims a name for a process that begins to count; nil where another has it.
    func claim(_ name: String) throws(FileError) -> FileLock? { try directory.lock("\(name).lock") }

    func write(_ counters: Counters, as name: String) throws(FileError) {
        try directory.replace("\(name).json", with: counters.json.bytes)
    }

    /// Adds what processes left that have ended; nil where another process is doing that.
    ///
    /// With `counting` what those that live have counted is in the result as well, but not in the file.
    package func folded(counting: Bool = false) throws(FileError) -> (sum: Counters?, running: Int)? {
        guard let lock = try directory.lock(Self.sumLock) else { return nil }
        defer { withExtendedLifetime(lock) {} }
        var (sum, counted) =
            read(Self.sum).map { (Counters($0), $0["files"]?.array?.compactMap { $0.string } ?? []) }
            ?? (nil, [])
        let present = Set(try directory.names())
        // What was removed need not be remembered.
        counted = counted.filter { present.contains($0) }
        var living: [Counters] = []
        var ended: [(name: String, lock: FileLock)] = []
        var isChanged = false
        for file in present.sorted() where file.hasSuffix(".json") && file != Self.sum {
            let name = String(file.dropLast(".json".count))
            let owner = try directory.lock("\(name).lock")
            // Read once it is known whether it will change.
            guard let counters = read(file).flatMap({ Counters($0) }) else { continue }
            guard let owner else {
                living.append(counters)
                continue
            }
            ended.append((name, owner))
            guard !counted.contains(file) else { continue }
            sum = Self.sum(sum, counters)
            counted.append(file)
            isChanged = true
        }
        if isChanged, let sum { try write(sum, holding: counted) }
        for (name, _) in ended { remove(name) }
        try removeLocks(among: present)
        guard counting else { return (sum, living.count) }
        return (living.reduce(sum) { Self.sum($0, $1) }, living.count)
    }

    private static func sum(_ sum: Counters?, _ other: Counters) -> Counters {
        guard var sum else { return other }
        sum.merge(other)
        return sum
    }

    private func write(_ sum: Counters, holding files: [String]) throws(FileError) {
        var json = sum.json
        json["files"] = .strings(files)
        try directory.replace(Self.sum, with: json.bytes, durably: true)
    }

    private func read(_ file: String) -> JSON? {
        directory.contents(of: file, limit: Self.sizeLimit).flatMap { try? JSON(parsing: $0) }
    }

    private func remove(_ name: String) {
        directory.remove("\(name).json")
        directory.remove("\(name).lock")
    }

    /// Of processes that were killed before they had counted anything, or while their files were removed.
    private func removeLocks(among present: Set<String>) throws(FileError) {
        for file in present where file.hasSuffix(".lock") && file != Self.sumLock {
            let name = String(file.dropLast(".lock".count))
            guard !present.contains("\(name).json"), let owner = try directory.lock(file) else { continue }
            if !directory.holds("\(name).json") { directory.remove(file) }
            withExtendedLifetime(owner) {}
        }
    }
}
