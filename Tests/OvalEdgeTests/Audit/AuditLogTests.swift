import JSON
import OvalEdge
import TestSupport
import Testing

@Suite struct `The record of writes` {
    private let folder = TemporaryDirectory()

    @Test func `is a chain of private lines`() async throws {
        let log = AuditLog(folder: folder.path + "/in", now: { 0 })
        for number in 1...3 { try await log.append(JSONObject([.init("number", .int(number))])) }
        let check = try AuditCheck(folder: folder.path + "/in")
        #expect(check.broken.isEmpty)
        #expect(check.lines.map { $0.members["number"] } == [1, 2, 3])
        #expect(check.lines[0].members["previous"]?.string == String(repeating: "0", count: 64))
        #expect(check.lines[0].members["at"] == "1970-01-01T00:00:00Z")
        #expect(folder.mode("in") == 0o700)
        #expect(folder.mode("in/audit.jsonl") == 0o600)
    }

    @Test func `shows what was changed or taken out`() async throws {
        let log = AuditLog(folder: folder.path)
        for number in 1...4 { try await log.append(JSONObject([.init("number", .int(number))])) }
        var lines = String(decoding: folder.contents("audit.jsonl"), as: UTF8.self).split(separator: "\n")
        lines[1] = Substring(lines[1].replacing("\"number\":2", with: "\"number\":9"))
        write(lines)
        #expect(try AuditCheck(folder: folder.path).broken == ["audit.jsonl:3"])
        lines.remove(at: 2)
        write(lines)
        #expect(try AuditCheck(folder: folder.path).broken == ["audit.jsonl:3"])
        write(["not json"])
        #expect(try AuditCheck(folder: folder.path).broken == ["audit.jsonl:1"])
    }

    @Test func `goes on in a new file when one is full`() async throws {
        let log = AuditLog(folder: folder.path, fullAt: 400)
        for number in 1...20 { try await log.append(JSONObject([.init("number", .int(number))])) }
        #expect(folder.names().contains("audit-1.jsonl"))
        #expect(folder.names().contains("audit-2.jsonl"))
        let check = try AuditCheck(folder: folder.path)
        #expect(check.broken.isEmpty)
        #expect(check.lines.map { $0.members["number"]?.int } == Array(1...20))
    }

    @Test func `is one chain for all who write at once`() async throws {
        let path = folder.path
        try await withThrowingTaskGroup { group in
            for number in 1...20 {
                group.addTask { try await AuditLog(folder: path).append(JSONObject([.init("number", .int(number))])) }
            }
            try await group.waitForAll()
        }
        let check = try AuditCheck(folder: path)
        #expect(check.broken.isEmpty)
        #expect(Set(check.lines.compactMap { $0.members["number"]?.int }) == Set(1...20))
    }

    @Test func `says what is wrong with its folder`() async throws {
        folder.write([1], to: "file")
        let error = await #expect(throws: AuditTrouble.self) {
            try await AuditLog(folder: folder.path + "/file").append(JSONObject())
        }
        #expect(error?.description.hasSuffix("name another in OVALEDGE_AUDIT_FOLDER.") == true)
    }

    private func write(_ lines: [Substring]) {
        folder.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: "audit.jsonl")
    }
}
