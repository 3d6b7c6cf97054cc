import JSON
import TestSupport
import Testing

@Suite(.ownThread, .enabled(if: Torture.isLong && RunningProgram.isMeasurable))
struct `A hundred thousand calls` {
    private static let mebibyte = 1024

    /// What it has for itself; how much of the program's file the kernel maps besides, scripts/bench measures.
    @Test func `begin with two mebibytes of its own`() throws {
        let client = try Conversation(["--sandbox"])
        #expect(try #require(client.program.kernelNumber("RssAnon")) <= 2 * Self.mebibyte)
    }

    @Test func `take no more memory than ten thousand`() throws {
        let client = try Conversation(with: ServedSandbox())
        let answers = try client.round()
        #expect(answers.count == Conversation.roundSize)
        let early = try client.memory(after: 10_000, like: answers)
        let late = try client.memory(after: 90_000, like: answers)
        #expect(early <= 16 * Self.mebibyte)
        #expect(late <= early + Self.mebibyte)
    }
}

extension Conversation {
    /// As many as are worked on at a time.
    fileprivate static let roundSize = 32

    /// The answers to so many calls at once, as they came.
    fileprivate func round() throws -> Set<[UInt8]> {
        for id in 1...Self.roundSize { call(id, "asset_explorer", ["search_terms": "orders", "limit": 1]) }
        var answers: Set<[UInt8]> = []
        for _ in 1...Self.roundSize {
            guard let line = program.readBytes() else { throw Silence(expected: "an answer to each call") }
            answers.insert(line)
        }
        return answers
    }

    /// What the program holds, in KiB, when it has answered `calls` more.
    fileprivate func memory(after calls: Int, like answers: Set<[UInt8]>) throws -> Int {
        for _ in 0..<calls / Self.roundSize {
            guard try round() == answers else { throw Silence(expected: "the same answers again") }
        }
        return try #require(program.kernelNumber("VmRSS"))
    }
}
