import Files
import JSON
import Writes

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension FuzzTarget {
    /// Whatever stands in the files of an audit log: it is read, and what is appended to it can be read, or is refused.
    ///
    /// The first byte says what becomes of a log of two entries: its files are replaced by those in the input, bytes are
    /// added to its end, or its end is cut off first.
    static let auditLines = FuzzTarget("audit-lines") { bytes in
        let place = try Scratch()
        let file = AuditKeyFile(place.path + "/key/audit.key")
        let log = AuditLog(folder: place.path + "/log", key: file, now: { 0 })
        for number in 1...2 { try await log.append(JSONObject([.init("genuine", .int(number))])) }
        try place.damage(bytes)
        let before = try AuditCheck(folder: log.path, key: file)
        try hold(before.lines.count + before.unreadable.count >= before.torn.count, "More is torn than there is.")
        for number in 1...2 {
            do throws(AuditLogError) {
                try await log.append(JSONObject([.init("added", .int(number))]))
            } catch {
                return try hold(error.what.hasSuffix("."), "No sentence: \(error)")
            }
            let check = try AuditCheck(folder: log.path, key: file)
            let line = try place.lastLine().flatMap { last in check.lines.last.map { (last, $0) } }
            try hold(line?.1.members["added"]?.int == number, "An entry cannot be read.")
            try hold(line.map { !check.broken.contains($0.1.place) } ?? false, "An entry is not believed.")
            try hold(before.isWhole || !check.isWhole, "What was wrong is forgotten.")
        }
    }
}

/// A directory that is gone with the value, and in it a log and its key.
private final class Scratch {
    let path: String

    init() throws {
        var template = Array("/tmp/oe-mcp-fuzz-XXXXXX".utf8CString)
        path = try mkdtemp(&template).map { String(cString: $0) } ?? { throw Broken("There is no room.") }()
    }

    deinit {
        for part in ["log", "key"] {
            if let folder = try? PrivateDirectory(existing: "\(path)/\(part)", others: .nothing) {
                for name in (try? folder.names()) ?? [] { folder.remove(name) }
            }
            rmdir("\(path)/\(part)")
        }
        rmdir(path)
    }

    func damage(_ bytes: [UInt8]) throws {
        let folder = try PrivateDirectory(path + "/log")
        var dice = Dice(bytes)
        let choice = dice.byte()
        let whole = folder.contents(of: "audit.jsonl", limit: 1 << 20) ?? []
        switch choice & 3 {
        case 0:
            let parts = dice.rest.split(separator: 0xFF, maxSplits: 2, omittingEmptySubsequences: false)
            let names = ["audit.jsonl", "audit-1.jsonl"] + (choice & 4 == 0 ? [] : ["audit.head"])
            for (name, part) in zip(names, parts) { try folder.replace(name, with: Array(part)) }
            if choice & 8 != 0 { folder.remove("audit.head") }
        case 1: try folder.append(Array(dice.rest), to: "audit.jsonl")
        case 2:
            let cut = Int(dice.byte())
            try folder.replace("audit.jsonl", with: whole.dropLast(cut) + Array(dice.rest))
        default:
            var changed = whole
            for byte in dice.rest.prefix(8) { changed[Int(byte) % changed.count] = byte }
            try folder.replace("audit.jsonl", with: changed)
        }
    }

    func lastLine() throws -> LastLine? { try PrivateDirectory(path + "/log").lastLine(of: "audit.jsonl") }
}
