import Clock
import Crypto
import Files
package import JSON
import Text

/// The record of every write that was attempted: lines of JSON in a private folder, each with the digest of the one
/// before, so that none can be changed or taken out of the middle unnoticed.
///
/// All processes of one user append to the same file. A full file is put aside under a number, and the chain goes on in
/// a new one.
package final class AuditLog: Sendable {
    package let path: String
    private let fullAt: Int
    private let now: @Sendable () -> Double

    static let current = "audit.jsonl"

    package init(
        folder path: String,
        fullAt: Int = 4 << 20,
        now: @escaping @Sendable () -> Double = SystemClock.secondsSince1970
    ) {
        self.path = path
        self.fullAt = fullAt
        self.now = now
    }

    /// Adds one line; `members` follow the time, and the digest of the line before them.
    package func append(_ members: JSONObject) async throws(AuditTrouble) {
        do {
            let folder = try PrivateDirectory(path)
            let lock = try await held(in: folder)
            defer { withExtendedLifetime(lock) {} }
            var lines = try Self.lines(of: folder, Self.current) ?? []
            if lines.reduce(0, { $0 + $1.count }) >= fullAt {
                try folder.rename(Self.current, to: Self.name(of: try Self.numbers(in: folder).count + 1))
                lines = [lines[lines.count - 1]]
            }
            let line = JSONObject(
                [
                    .init("at", .string(Timestamp.text(now()))),
                    .init("previous", .string(try Self.digest(of: lines.last))),
                ] + members.members
            )
            try folder.append(JSON.object(line).bytes + [UInt8(ascii: "\n")], to: Self.current)
        } catch let error as FileTrouble {
            throw AuditTrouble("\(error.description)")
        } catch {
            throw AuditTrouble("\(error)")
        }
    }

    /// Other processes hold the lock for a few milliseconds.
    private func held(in folder: PrivateDirectory) async throws -> FileLock {
        for _ in 0..<500 {
            if let lock = try folder.lock("audit.lock") { return lock }
            try await SystemClock.sleep(for: .milliseconds(10))
        }
        throw AuditTrouble("another process holds its lock")
    }

    static func name(of number: Int) -> String { "audit-\(number).jsonl" }

    /// The numbers of the files put aside, from 1 on.
    static func numbers(in folder: PrivateDirectory) throws -> [Int] {
        var number = 1
        while try lines(of: folder, name(of: number)) != nil { number += 1 }
        return Array(1..<number)
    }

    /// Nil when there is no such file; one that cannot be believed is trouble.
    static func lines(of folder: PrivateDirectory, _ name: String) throws -> [ArraySlice<UInt8>]? {
        guard folder.holds(name) else { return nil }
        guard let bytes = folder.contents(of: name, limit: 1 << 28) else {
            throw AuditTrouble("\(folder.path)/\(name) is not a private file of this user")
        }
        return bytes.split(separator: UInt8(ascii: "\n"))
    }

    /// Of no line at all: 64 zeros.
    static func digest(of line: ArraySlice<UInt8>?) throws -> String {
        guard let line else { return String(repeating: "0", count: 64) }
        return try Crypto.digest(Array(line)).hexadecimal
    }
}

/// The record could not be written or read, and so nothing may be changed.
package struct AuditTrouble: Error, Hashable, CustomStringConvertible {
    package let problem: String

    init(_ problem: String) { self.problem = problem }

    package var description: String {
        "The record of writes cannot be used: \(problem). Mend the folder or name another in OVALEDGE_AUDIT_FOLDER."
    }
}
