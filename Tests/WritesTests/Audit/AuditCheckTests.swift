import Crypto
import JSON
import TestSupport
import Testing
import Text

@testable import Writes

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Security M5, code F5, bug reports F3.
@Suite struct `A check of the audit log` {
    private let test = TestLog()

    @Test func `finds an entry that was changed`() async throws {
        try await test.write(1...4)
        var lines = test.lines
        lines[1] = lines[1].replacing("\"number\":2", with: "\"number\":9")
        test.lines = lines
        let check = try test.check()
        #expect(check.broken == ["audit.jsonl:2"] && check.missing.isEmpty && !check.isWhole)
    }

    @Test func `finds the last entry changed`() async throws {
        try await test.write(1...4)
        test.lines = test.lines.dropLast() + [test.lines[3].replacing("\"number\":4", with: "\"number\":9")]
        #expect(try test.check().broken == ["audit.jsonl:4"])
    }

    @Test func `finds entries that were taken out of the middle`() async throws {
        try await test.write(1...5)
        var lines = test.lines
        lines.removeSubrange(1...2)
        test.lines = lines
        #expect(try test.check().missing == ["Entries 2 to 3 are missing before audit.jsonl:2."])
    }

    @Test func `finds the last entries missing, also after more were written`() async throws {
        try await test.write(1...5)
        test.lines = Array(test.lines.prefix(3))
        #expect(try test.check().missing == ["Entries 4 to 5 are missing at the end."])
        try await test.write(6...7)
        let check = try test.check()
        #expect(check.missing == ["Entries 4 to 5 are missing before audit.jsonl:4."])
        #expect(check.broken.isEmpty && check.entries == 7)
    }

    @Test func `finds a file that was emptied or removed, also after more was written`() async throws {
        try await test.write(1...3)
        test.text("")
        #expect(try test.check().missing == ["Entries 1 to 3 are missing at the end."])
        unlink(test.path + "/audit.jsonl")
        #expect(try test.check().missing == ["Entries 1 to 3 are missing at the end."])
        try await test.write(4...4)
        #expect(try test.check().missing == ["Entries 1 to 3 are missing before audit.jsonl:1."])
    }

    @Test func `finds a chain that was computed again`() async throws {
        try await test.write(1...3)
        var previous = String(repeating: "0", count: 64)
        test.lines = try test.lines.enumerated().filter { $0.offset != 1 }.map { _, line in
            var members = try #require(try JSON(parsing: line).object)
            members["previous"] = .string(previous)
            let line = JSON.object(members).text
            previous = try Crypto.digest(Array(line.utf8)).hexadecimal
            return line
        }
        #expect(try !test.check().isWhole)
    }

    @Test func `finds entries in another order, and twice`() async throws {
        try await test.write(1...3)
        let lines = test.lines
        test.lines = [lines[0], lines[2], lines[1]]
        #expect(try !test.check().isWhole)
        test.lines = lines + [lines[2]]
        #expect(try test.check().broken == ["audit.jsonl:4"])
    }

    @Test func `finds the head missing, and nothing is written then`() async throws {
        try await test.write(1...3)
        unlink(test.path + "/audit.head")
        #expect(try test.check().missing.first?.hasPrefix("audit.head is missing") == true)
        let error = try await #require(throws: AuditLogError.self) { try await test.log().append(JSONObject()) }
        #expect(error.description.contains("audit.head is missing"))
    }

    @Test func `finds another's head, and nothing is written then`() async throws {
        try await test.write(1...3)
        let other = TestLog()
        try await other.write(1...5)
        test.folder.write(other.folder.contents("audit.head"), to: "audit.head")
        #expect(try test.check().missing.first?.hasPrefix("audit.head was not made with this key") == true)
        await #expect(throws: AuditLogError.self) { try await test.log().append(JSONObject()) }
    }

    @Test func `does not take the log of the sandbox for that of the catalog`() async throws {
        let file = AuditKeyFile(test.keys.path + "/audit.key", log: "sandbox")
        try await AuditLog(folder: test.path, key: file).append(JSONObject())
        #expect(try test.check().key == .another)
        #expect(try AuditCheck(folder: test.path, key: file).isWhole)
    }

    @Test func `without the key is one of the plain chain, and says so`() async throws {
        try await test.write(1...3)
        let elsewhere = AuditKeyFile(test.keys.path + "/none/audit.key")
        let check = try AuditCheck(folder: test.path, key: elsewhere)
        #expect(check.isWhole && check.isPartial && check.key == .missing && check.entries == 3)
        #expect(try !test.check().isPartial)
        test.lines = [test.lines[0].replacing("\"number\":1", with: "\"number\":9"), test.lines[1], test.lines[2]]
        #expect(try AuditCheck(folder: test.path, key: elsewhere).broken == ["audit.jsonl:2"])
    }

    @Test func `without the key and without an entry is partial where there is a head`() async throws {
        try await test.write(1...3)
        unlink(test.path + "/audit.jsonl")
        #expect(try AuditCheck(folder: test.path, key: AuditKeyFile(test.keys.path + "/none/audit.key")).isPartial)
        unlink(test.path + "/audit.head")
        #expect(try !AuditCheck(folder: test.path, key: AuditKeyFile(test.keys.path + "/none/audit.key")).isPartial)
    }

    /// They passed for a log under another key.
    @Test func `finds all entries made up where the key opens the head`() async throws {
        try await test.write(1...3)
        let other = TestLog()
        try await other.write(1...3)
        test.lines = other.lines
        var check = try test.check()
        #expect(check.key == .checked && check.forged == 3 && check.missing.isEmpty && !check.isWhole)
        #expect(check.broken == ["audit.jsonl:1", "audit.jsonl:2", "audit.jsonl:3"])
        test.lines = Array(other.lines.prefix(1))
        check = try test.check()
        #expect(check.broken == ["audit.jsonl:1"] && check.missing == ["Entries 1 to 3 are missing at the end."])
        unlink(test.path + "/audit.head")
        #expect(try test.check().key == .another)
    }

    @Test func `reads a copy that is open to others`() async throws {
        try await test.write(1...3)
        chmod(test.path, 0o755)
        chmod(test.path + "/audit.jsonl", 0o644)
        #expect(try test.check().isWhole)
    }

    @Test func `names what earlier versions wrote, which passes for nothing newer`() async throws {
        var previous = String(repeating: "0", count: 64)
        let old = try (1...3).map { number in
            let line = #"{"at":"2026-01-01T00:00:00Z","previous":"\#(previous)","number":\#(number)}"#
            previous = try Crypto.digest(Array(line.utf8)).hexadecimal
            return line
        }
        test.lines = old
        var check = try test.check()
        // Anyone who takes the key and the head away can leave such a log.
        #expect(check.isWhole && check.isPartial && check.unkeyed == 3)
        try await test.write(4...5)
        check = try test.check()
        #expect(check.isWhole && check.unkeyed == 3 && check.entries == 2)
        #expect(try test.numbers() == [1, 2, 3, 4, 5])
        // What was there when the first entry was written cannot be changed any more.
        test.lines = [old[0], old[1], old[2].replacing("\"number\":3", with: "\"number\":9")] + test.lines[3...]
        #expect(try !test.check().isWhole)
        test.lines = old + test.lines[3...] + [#"{"at":"2026-01-01T00:00:00Z","previous":"\#(previous)"}"#]
        check = try test.check()
        #expect(check.broken == ["audit.jsonl:6"] && check.unkeyed == 3)
    }
}

/// Security M5, code F5, bug reports F3.
@Suite struct `An audit log that was cut off` {
    private let test = TestLog()

    private static let stumps: [String] = [
        #"{"at":"2026-11-29T10:00:00Z","entry":4,"previous":"ab"#, "{", "\0\0\0\0\0\0\0\0", "no JSON at all",
        #"{"at":"2026-11-29T10:00:00Z"\#u{0}\#u{0}"#,
    ]

    @Test(arguments: stumps)
    func `loses no entry that comes after, and the stump is named`(stump: String) async throws {
        try await test.write(1...3)
        test.bytes(test.folder.contents("audit.jsonl") + Array(stump.utf8))
        var check = try test.check()
        #expect(check.torn == ["audit.jsonl:4"] && check.unreadable == ["audit.jsonl:4"] && check.isWhole)
        try await test.write(4...6)
        check = try test.check()
        #expect(try test.numbers() == Array(1...6))
        #expect(check.torn == ["audit.jsonl:4"] && check.unreadable == ["audit.jsonl:4"] && check.isWhole)
        #expect(check.lines[3].members["torn"] == true && check.lines[3].members["bytes"]?.int == stump.utf8.count)
    }

    @Test func `has lost nothing where only the line end is missing`() async throws {
        try await test.write(1...3)
        test.bytes(Array(test.folder.contents("audit.jsonl").dropLast()))
        #expect(try test.check().isWhole && test.check().torn.isEmpty)
        try await test.write(4...4)
        #expect(try test.check().isWhole && test.check().torn.isEmpty)
        #expect(try test.numbers() == [1, 2, 3, 4])
    }

    @Test func `is distinguished from one whose last entry was changed and cut`() async throws {
        try await test.write(1...3)
        test.bytes(Array(test.folder.contents("audit.jsonl").dropLast(20)))
        #expect(try test.check().broken == ["audit.jsonl:3"])
        try await test.write(4...4)
        let check = try test.check()
        #expect(!check.isWhole && check.missing == ["Entry 3 is missing before audit.jsonl:4."])
    }

    @Test func `counts an entry that came after the last head`() async throws {
        try await test.write(1...3)
        let head = test.folder.contents("audit.head")
        try await test.write(4...4)
        test.folder.write(head, to: "audit.head")
        #expect(try test.check().isWhole)
        try await test.write(5...5)
        #expect(try test.check().isWhole && test.check().entries == 5)
    }

    @Test func `begins well where the process ended between the first entry and its head`() async throws {
        try await test.write(1...1)
        unlink(test.path + "/audit.head")
        #expect(try test.check().isWhole)
        try await test.write(2...3)
        #expect(try test.check().isWhole && test.check().entries == 3)
    }

    @Test func `begins well after a stump of an earlier version`() async throws {
        let zeros = String(repeating: "0", count: 64)
        test.text(#"{"at":"2026-01-01T00:00:00Z","previous":"\#(zeros)","number":0}"# + "\n{\"at\"")
        try await test.write(1...2)
        let check = try test.check()
        #expect(check.isWhole && check.torn == ["audit.jsonl:2"] && check.unkeyed == 1)
        #expect(try test.numbers() == [0, 1, 2])
    }

    @Test func `goes on where a file was put aside and nothing came after`() async throws {
        try await test.write(1...3)
        rename(test.path + "/audit.jsonl", test.path + "/audit-1.jsonl")
        #expect(try test.check().isWhole)
        try await test.write(4...5)
        #expect(try test.check().isWhole)
        #expect(try test.numbers() == Array(1...5))
    }
}
