import JSON
import TestSupport
import Testing
import Writes

/// An audit log in a directory of its own, and the key of it in another.
struct TestLog {
    let folder = TemporaryDirectory()
    let keys = TemporaryDirectory()

    var path: String { folder.path }
    var key: AuditKeyFile { AuditKeyFile(keys.path + "/audit.key") }

    func log(fullAt: Int = 4 << 20) -> AuditLog { AuditLog(folder: path, key: key, fullAt: fullAt, now: { 0 }) }

    func write(_ numbers: ClosedRange<Int>, fullAt: Int = 4 << 20) async throws {
        let log = log(fullAt: fullAt)
        for number in numbers { try await log.append(JSONObject([.init("number", .int(number))])) }
    }

    func check() throws -> AuditCheck { try AuditCheck(folder: path, key: key) }

    /// The numbers of the entries that can be read.
    func numbers() throws -> [Int] { try check().lines.compactMap { $0.members["number"]?.int } }

    /// The lines of the current file.
    var lines: [String] {
        get {
            String(decoding: folder.contents("audit.jsonl"), as: UTF8.self).split(separator: "\n").map { String($0) }
        }
        nonmutating set { text(newValue.joined(separator: "\n") + "\n") }
    }

    func text(_ text: String) { bytes(Array(text.utf8)) }

    func bytes(_ bytes: [UInt8]) {
        folder.write(bytes, to: "audit.jsonl")
        folder.close("audit.jsonl")
    }
}
