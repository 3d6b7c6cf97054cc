import Crypto
import Files
package import JSON
import OvalEdge

/// What an audit log holds, and whether it is what was written.
///
/// With the key, changes, gaps, a missing end and made-up entries show. Without it only the plain chain can be checked,
/// which anyone who can write the files can compute again. An older copy of the whole directory, head included, is
/// not distinguished from the log: compare ``entries`` and ``last`` with what was noted elsewhere.
package struct AuditCheck: Sendable {
    package struct Line: Hashable, Sendable {
        /// Such as `audit.jsonl:7`.
        package let place: String
        package let members: JSONObject
    }

    /// What the check was made with.
    package enum Key: Hashable, Sendable {
        case checked, missing
        /// Neither the head nor one entry was made with it.
        case another
    }

    /// Every line that can be read.
    package internal(set) var lines: [Line] = []
    /// The places of those that cannot be read.
    package internal(set) var unreadable: [String] = []
    /// The places of entries that a crash or a full disk cut off.
    package internal(set) var torn: [String] = []
    /// The places of lines that were changed or are not entries of this log, or that are in a wrong place.
    package internal(set) var broken: [String] = []
    /// What is not there any more, each as a sentence.
    package internal(set) var missing: [String] = []
    /// How many entries have a code that was not made with the key.
    package internal(set) var forged = 0
    /// How many lines an earlier version wrote, without the key.
    package internal(set) var unkeyed = 0
    /// The number of the last entry, and the digest of the last line.
    package internal(set) var entries = 0
    package internal(set) var last: String
    package internal(set) var key = Key.missing
    private var hasHead = false

    /// As far as it could be checked; see ``isPartial``.
    package var isWhole: Bool { broken.isEmpty && missing.isEmpty && key != .another }

    /// Whether there is a log and no key.
    package var isPartial: Bool { key == .missing && (entries > 0 || unkeyed > 0 || hasHead) }

    /// Reads all files of a directory in the order in which they were written; changes nothing, and makes nothing.
    package init(folder path: String, key file: AuditKeyFile) throws(AuditLogError) {
        do {
            last = try AuditEntry.digest(of: nil)
            guard let folder = try PrivateDirectory(existing: path, others: .anything) else { return }
            let key: AuditKey?
            do {
                key = try file.existing()
            } catch let error as FileError {
                throw AuditLogError(ofKey: error)
            }
            self.key = key == nil ? .missing : .checked
            hasHead = folder.holds(AuditHead.name)
            let files = AuditFiles(folder: folder)
            var reader = AuditReader(self, key)
            for name in try files.names() {
                for (number, bytes) in try files.lines(of: name) { try reader.read(bytes, at: "\(name):\(number)") }
            }
            let end = try files.folder.lastLine(of: AuditFiles.current)
            try reader.finish(hasLineEnd: end?.hasLineEnd ?? true, files)
            self = reader.check
        } catch {
            throw AuditLogError(error)
        }
    }
}

/// Walks through the lines of a log.
private struct AuditReader {
    var check: AuditCheck
    private let key: AuditKey?
    /// Lines that may have been entries, since the last one that is.
    private var pending: [(place: String, bytes: [UInt8])] = []
    private var genuine = 0

    init(_ check: AuditCheck, _ key: AuditKey?) {
        self.check = check
        self.key = key
    }

    mutating func read(_ bytes: [UInt8], at place: String) throws {
        guard let entry = AuditEntry(bytes) else {
            check.unreadable.append(place)
            pending.append((place, bytes))
            // Earlier versions chained whatever stood there.
            if check.entries == 0 { check.last = try AuditEntry.digest(of: bytes) }
            return
        }
        check.lines.append(AuditCheck.Line(place: place, members: entry.members))
        guard let number = entry.number else { return try readUnkeyed(entry, bytes, at: place) }
        guard try key.map({ key throws(CryptoUnavailable) in try entry.isGenuine(key) }) ?? true else {
            check.forged += 1
            pending.append((place, bytes))
            return
        }
        genuine += 1
        try settlePending(before: entry)
        follow(entry, number, at: place)
        pending = []
        check.entries = max(check.entries, number)
        check.last = try AuditEntry.digest(of: bytes)
    }

    private mutating func readUnkeyed(_ entry: AuditEntry, _ bytes: [UInt8], at place: String) throws {
        guard check.entries == 0 && check.forged == 0 else {
            check.broken.append(place)
            return
        }
        check.unkeyed += 1
        check.broken += pending.map { $0.place }
        pending = []
        if entry.previous != check.last { check.broken.append(place) }
        check.last = try AuditEntry.digest(of: bytes)
    }

    /// What is torn is named by the entry after it; everything else was changed.
    private mutating func settlePending(before entry: AuditEntry) throws {
        if let torn = entry.torn, let stump = pending.last, try AuditEntry.digest(of: stump.bytes) == torn {
            check.torn.append(stump.place)
            pending.removeLast()
        }
        check.broken += pending.map { $0.place }
    }

    private mutating func follow(_ entry: AuditEntry, _ number: Int, at place: String) {
        let gap = number - check.entries - 1
        if gap > pending.count {
            check.missing.append("\(Self.entries(check.entries + 1, number - 1)) missing before \(place).")
        } else if gap < 0 || gap == 0 && pending.isEmpty && entry.previous != check.last {
            if number == 1 && check.entries == 0 {
                check.missing.append("What an earlier version wrote before \(place) is missing, or was changed.")
            } else {
                check.broken.append(place)
            }
        }
    }

    mutating func finish(hasLineEnd: Bool, _ files: AuditFiles) throws {
        let head = try key.flatMap { try files.head($0) }
        // A head that the key opens was made by its holder: then it is the entries that are not genuine.
        if head == nil && genuine == 0 && check.forged > 0 {
            check.key = .another
            return
        }
        if head == nil && key != nil && (check.entries > 1 || files.folder.holds(AuditHead.name)) {
            let what = files.folder.holds(AuditHead.name) ? "was not made with this key" : "is missing"
            check.missing.append("\(AuditHead.name) \(what), so that a missing end would not show.")
        }
        let lost = max((head?.entries ?? 0) - check.entries, 0)
        if !hasLineEnd && lost == 0, let stump = pending.popLast() { check.torn.append(stump.place) }
        check.broken += pending.map { $0.place }
        if lost > pending.count {
            check.missing.append("\(Self.entries(check.entries + 1, check.entries + lost)) missing at the end.")
        }
    }

    private static func entries(_ first: Int, _ last: Int) -> String {
        first == last ? "Entry \(first) is" : "Entries \(first) to \(last) are"
    }
}
