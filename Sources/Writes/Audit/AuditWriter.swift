import Crypto
import Files
import JSON
import OvalEdge
import Text

/// Adds one entry at the end of an audit log; made and used under the log's lock.
struct AuditWriter {
    private let files: AuditFiles
    private let key: AuditKey
    private var head: AuditHead

    init(_ folder: PrivateDirectory, _ key: AuditKey) throws {
        files = AuditFiles(folder: folder)
        self.key = key
        if let head = try files.head(key) {
            self.head = head
        } else {
            guard !folder.holds(AuditHead.name) else {
                let path = "\(folder.path)/\(AuditHead.name)"
                throw AuditLogError("\(path) was not made with the key that is set", Self.remedy)
            }
            head = try Self.head(before: files)
        }
    }

    private static let remedy = Remedy.forOperator(
        "Restore it and the key file from a backup, or move all files out of that directory to begin a new log."
    )

    mutating func append(_ members: JSONObject, at time: String, fullAt: Int) throws {
        try settle(at: time)
        if let end = try files.folder.lastLine(of: AuditFiles.current), end.fileSize >= fullAt {
            let newest = max(head.files, try files.numbers().last ?? 0)
            guard newest < AuditFiles.numberLimit else {
                let path = "\(files.folder.path)/\(AuditFiles.name(of: newest))"
                throw AuditLogError(
                    "after \(path) there is no number for another file",
                    .forOperator("Move that file away.")
                )
            }
            head.files = newest + 1
            try files.folder.rename(AuditFiles.current, to: AuditFiles.name(of: head.files))
        }
        try write(members.members, at: time)
    }

    /// Where there is no head: a new log, or one that an earlier version wrote, without a key.
    private static func head(before files: AuditFiles) throws -> AuditHead {
        var last: [UInt8]?
        for name in try files.names().reversed() {
            let lines = try files.lines(of: name)
            guard !lines.isEmpty else { continue }
            // The first entry may be there without its head, where the process ended between the two.
            let start = lines.firstIndex { AuditEntry($0.bytes)?.number != nil } ?? lines.count
            guard lines.count - start < 2, AuditEntry(lines[lines.count - 1].bytes)?.number ?? 1 == 1 else {
                throw AuditLogError("\(files.folder.path)/\(AuditHead.name) is missing", remedy)
            }
            if start > 0 {
                last = lines[start - 1].bytes
                break
            }
        }
        return AuditHead(last: try AuditEntry.digest(of: last))
    }

    /// Sees to it that the file ends with a whole line, and that the head knows it.
    ///
    /// A process that was killed, a machine that lost power and a full disk leave an entry that the head does not know
    /// yet, or a part of one. The part is closed off with a line end and named by an entry.
    private mutating func settle(at time: String) throws {
        guard let end = try files.folder.lastLine(of: AuditFiles.current) else { return }
        if end.hasLineEnd, try AuditEntry.digest(of: end.bytes) == head.last { return }
        let lines = try files.lines(of: AuditFiles.current).map { $0.bytes }
        let known = head
        var place = (try lines.lastIndex { try AuditEntry.digest(of: $0) == head.last } ?? -1) + 1
        while place < lines.count, let entry = AuditEntry(lines[place]), entry.number == head.entries + 1,
            entry.previous == head.last, try entry.isGenuine(key)
        {
            head.entries += 1
            head.last = try AuditEntry.digest(of: lines[place])
            place += 1
        }
        if head != known { try keepHead() }
        if end.hasLineEnd { return }
        try files.folder.append([UInt8(ascii: "\n")], to: AuditFiles.current)
        if place == lines.count && AuditEntry(end.bytes) != nil { return }
        try write(
            [
                .init("outcome", "torn"), .init("torn", true), .init("bytes", .int(end.bytes.count)),
                .init("digest", .string(try AuditEntry.digest(of: end.bytes))),
            ],
            at: time
        )
    }

    /// The entry comes first: an entry more than the head knows shows a crash, one less a loss.
    private mutating func write(_ members: [JSONObject.Member], at time: String) throws {
        let line = try AuditEntry.line(
            [
                .init("at", .string(time)), .init("entry", .int(head.entries + 1)),
                .init("previous", .string(head.last)),
            ] + members,
            key: key
        )
        try files.folder.append(line + [UInt8(ascii: "\n")], to: AuditFiles.current)
        head.entries += 1
        head.last = try AuditEntry.digest(of: line)
        try keepHead()
    }

    private func keepHead() throws {
        try files.folder.replace(AuditHead.name, with: try head.sealed(key), durably: true)
    }
}
