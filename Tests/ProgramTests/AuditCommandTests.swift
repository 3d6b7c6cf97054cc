import JSON
import OvalEdge
import TestSupport
import Testing
import Writes

@Suite struct `The command audit` {
    private let folder = TemporaryDirectory()
    private let keys = TemporaryDirectory()

    private func run(_ arguments: String...) throws -> (code: Int32?, output: String, errors: String) {
        let program = try RunningProgram(
            "oe-mcp",
            arguments,
            environment: [
                "OVALEDGE_AUDIT_FOLDER": folder.path, "OVALEDGE_AUDIT_KEY_FILE": keys.path + "/audit.key",
                "OVALEDGE_BASE_URL": "http://127.0.0.1:9", "OVALEDGE_USER_TOKEN": "token-1234567",
                "OVALEDGE_USER_SECRET": "secret-1234567", "OVALEDGE_MAX_RETRIES": "1",
            ]
        )
        let output = program.readAll()
        return (program.wait(), output, program.readErrors())
    }

    private func write(_ count: Int) async throws {
        let log = AuditLog(folder: folder.path, key: AuditKeyFile(keys.path + "/audit.key"))
        for number in 0..<count { try await log.append(JSONObject([.init("target", .int(number))])) }
    }

    private func loseLastEntry() {
        let lines = folder.contents("audit.jsonl").split(separator: UInt8(ascii: "\n")).dropLast()
        folder.write(Array(lines.joined(separator: [UInt8(ascii: "\n")])) + [UInt8(ascii: "\n")], to: "audit.jsonl")
        folder.close("audit.jsonl")
    }

    @Test func `prints no line as JSON where there is no entry`() throws {
        let result = try run("audit", "--json")
        #expect(result.code == 0 && result.output.isEmpty && result.errors.isEmpty)
        #expect(try run("audit").output == "No entries in \(folder.path).\n")
    }

    @Test(arguments: [["audit"], ["audit", "--json"], ["audit", "--verify"]])
    func `fails and says so where entries are missing`(arguments: [String]) async throws {
        try await write(3)
        loseLastEntry()
        let result = try arguments.count == 1 ? run(arguments[0]) : run(arguments[0], arguments[1])
        #expect(result.code == 1)
        #expect((result.output + result.errors).contains("Entry 3 is missing at the end."))
    }

    @Test func `is part of what doctor checks`() async throws {
        #expect(try run("doctor").output.contains(#/ok +disk\.audit +no entries yet\n/#))
        try await write(3)
        #expect(try run("doctor").output.contains(#/ok +disk\.audit +3 entries, complete and unchanged/#))
        loseLastEntry()
        let output = try run("doctor").output
        #expect(output.contains(#/FAIL +disk\.audit +Verification failed/#))
        // The rest is checked all the same.
        #expect(output.contains(#/FAIL +net\.tcp/#))
    }
}
