import JSON
import OvalEdge
import TestSupport
import Testing

@testable import Writes

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct `The audit log` {
    private let test = TestLog()

    @Test func `is a chain of private lines, with its key apart`() async throws {
        let log = AuditLog(folder: test.path + "/in", key: test.key, now: { 0 })
        for number in 1...3 { try await log.append(JSONObject([.init("number", .int(number))])) }
        let check = try AuditCheck(folder: test.path + "/in", key: test.key)
        #expect(check.isWhole && check.key == .checked && check.entries == 3 && check.unkeyed == 0)
        #expect(check.lines.map { $0.members["number"] } == [1, 2, 3])
        #expect(check.lines.map { $0.members["entry"] } == [1, 2, 3])
        #expect(check.lines[0].members["previous"]?.string == String(repeating: "0", count: 64))
        #expect(check.lines[0].members["at"] == "1970-01-01T00:00:00Z")
        #expect(test.folder.mode("in") == 0o700)
        #expect(test.folder.mode("in/audit.jsonl") == 0o600)
        #expect(test.folder.mode("in/audit.head") == 0o600)
        #expect(test.keys.mode("audit.key") == 0o600 && test.keys.contents("audit.key").count == 32)
    }

    @Test func `goes on in a new file when one is full`() async throws {
        try await test.write(1...20, fullAt: 800)
        #expect(test.folder.names().contains("audit-1.jsonl"))
        #expect(test.folder.names().contains("audit-2.jsonl"))
        let check = try test.check()
        #expect(check.isWhole)
        #expect(try test.numbers() == Array(1...20))
    }

    /// Security M5: the number was used again, and the rest was not shown.
    @Test func `goes on under new numbers, and shows the rest, when its oldest files were moved away`() async throws {
        try await test.write(1...20, fullAt: 800)
        let files = test.folder.names().filter { $0.hasPrefix("audit-") }.count
        unlink("\(test.path)/audit-1.jsonl")
        let left = try test.numbers()
        #expect(left.count > 10 && left.last == 20)
        try await test.write(21...30, fullAt: 800)
        #expect(!test.folder.names().contains("audit-1.jsonl"))
        #expect(test.folder.names().contains("audit-\(files + 1).jsonl"))
        let check = try test.check()
        #expect(try test.numbers() == left + Array(21...30))
        #expect(check.broken.isEmpty && check.missing.count == 1)
        #expect(check.missing.first == "Entries 1 to \(left[0] - 1) are missing before audit-2.jsonl:1.")
    }

    @Test(arguments: ["9223372036854775807", "2147483648"])
    func `takes no file with a number beyond all counting for its own`(number: String) async throws {
        test.folder.write(Array("{}\n".utf8), to: "audit-\(number).jsonl")
        try await test.write(1...20, fullAt: 800)
        #expect(test.folder.names().contains("audit-1.jsonl"))
        #expect(try test.check().isWhole && test.numbers() == Array(1...20))
    }

    @Test func `is not put aside under a number that would not be read again`() async throws {
        test.folder.write([], to: "audit-2147483647.jsonl")
        test.folder.close("audit-2147483647.jsonl")
        let error = try await #require(throws: AuditLogError.self) { try await test.write(1...20, fullAt: 800) }
        #expect(error.what.contains("audit-2147483647.jsonl"))
        #expect(error.remedy == .forOperator("Move that file away."))
        unlink("\(test.path)/audit-2147483647.jsonl")
        try await test.write(21...21, fullAt: 800)
        #expect(try test.check().isWhole && test.folder.names().contains("audit-1.jsonl"))
    }

    @Test func `is one chain for all who write at once`() async throws {
        let (path, key) = (test.path, test.key)
        try await withThrowingTaskGroup { group in
            for number in 1...20 {
                let log = AuditLog(folder: path, key: key)
                group.addTask { try await log.append(JSONObject([.init("number", .int(number))])) }
            }
            try await group.waitForAll()
        }
        #expect(try test.check().isWhole)
        #expect(try Set(test.numbers()) == Set(1...20))
    }

    /// Security M5: every sentence began twice.
    @Test func `says once what is wrong with its directory`() async throws {
        test.folder.write([1], to: "file")
        let error = try await #require(throws: AuditLogError.self) {
            try await AuditLog(folder: test.path + "/file", key: test.key).append(JSONObject())
        }
        #expect(error.sentences.split(separator: "Cannot use the audit log").count == 1)
        #expect(error.remedy == .changeAuditFolder(hint: nil))
    }

    /// Security M6.
    @Test(arguments: [0o755, 0o1777])
    func `refuses a directory that is open to others, and leaves it as it is`(mode: Int) async throws {
        chmod(test.path, mode_t(mode))
        let error = try await #require(throws: AuditLogError.self) { try await test.log().append(JSONObject()) }
        guard case .changeAuditFolder(let hint) = error.remedy else {
            Issue.record("\(error.remedy)")
            return
        }
        #expect((hint?.contains("chmod 700") == true) == (mode == 0o755))
        #expect(test.folder.mode("") == UInt32(mode & 0o777))
        #expect(test.folder.names().isEmpty)
    }

    /// Security M6.
    @Test func `is read without changing or making anything`() throws {
        let path = test.path + "/none"
        #expect(try AuditCheck(folder: path, key: test.key).lines.isEmpty)
        chmod(test.path, 0o755)
        #expect(try test.check().lines.isEmpty)
        #expect(test.folder.mode("") == 0o755)
        #expect(test.folder.names().isEmpty && test.keys.names().isEmpty)
    }

    @Test(arguments: [[], [1], [UInt8](repeating: 1, count: 33)] as [[UInt8]])
    func `is not written with an invalid key`(key: [UInt8]) async throws {
        test.keys.write(key, to: "audit.key")
        test.keys.close("audit.key")
        let error = try await #require(throws: AuditLogError.self) { try await test.log().append(JSONObject()) }
        #expect(error.remedy == .restoreAuditKey)
    }

    @Test func `is not written with a key that others can read`() async throws {
        test.keys.write([UInt8](repeating: 1, count: 32), to: "audit.key")
        chmod(test.keys.path + "/audit.key", 0o644)
        let error = try await #require(throws: AuditLogError.self) { try await test.log().append(JSONObject()) }
        #expect(error.sentences.contains("chmod 600 '\(test.keys.path)/audit.key'"))
    }

    /// A new key hid that the right one was gone, and was in the way of a backup.
    @Test(arguments: [(3, []), (3, ["audit.head"]), (1, ["audit.head"])])
    func `is not written when its key is missing, and none is made`(entries: Int, lost: [String]) async throws {
        try await test.write(1...entries)
        unlink(test.keys.path + "/audit.key")
        for name in lost { unlink("\(test.path)/\(name)") }
        let before = test.lines
        let error = try await #require(throws: AuditLogError.self) { try await test.log().append(JSONObject()) }
        #expect(error.problem == "its key, \(test.keys.path)/audit.key, is missing")
        #expect(
            error.remedy
                == .forOperator(
                    "Restore the key from a backup, or move all files out of \(test.path) to begin a new log."
                )
        )
        #expect(try test.check().isPartial)
        #expect(test.keys.names().isEmpty && test.lines == before)
    }

    @Test func `is not written with a key in the same directory`() async throws {
        let key = AuditKeyFile(test.path + "/audit.key")
        let error = try await #require(throws: AuditLogError.self) {
            try await AuditLog(folder: test.path, key: key).append(JSONObject())
        }
        #expect(error.what.contains("same directory") && error.remedy == .moveAuditKey)
    }

    /// Code R8: each entry read the whole file, and each new file all of the old ones.
    @Test func `reads no more than the end of its file for an entry`() async throws {
        try await test.write(1...3)
        let size = 300 << 20
        for number in 1...3 {
            let file = open("\(test.path)/audit-\(number).jsonl", O_WRONLY | O_CREAT, 0o600)
            ftruncate(file, off_t(size))
            close(file)
        }
        // Larger than what is ever read whole.
        try await test.write(4...6, fullAt: 400)
        #expect(test.folder.names().contains("audit-4.jsonl"))
    }
}
