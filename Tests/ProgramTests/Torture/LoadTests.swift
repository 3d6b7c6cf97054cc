import JSON
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite(.ownThread) struct `Many large answers at once` {
    private static let calls = Torture.isLong ? 1000 : 100
    /// What the back end sends; an answer holds it twice, as text and as JSON.
    private static let size = Torture.isLong ? 500_000 : 50_000
    /// In KiB, beyond what one call takes: 32 answers are in flight, each of which is there as it came, as JSON, as text
    /// and as a line, in buffers that may be twice as large; and some room.
    private static let memory = (32 * 8 * size + 32 << 20) >> 10

    /// Those that wait for the others do so for long, and nothing is cut.
    private static let patience = [
        "OVALEDGE_CALL_DEADLINE_SECONDS": "600", "OVALEDGE_ANSWER_TOKENS": "1000000",
    ]

    /// Rows: G016, G017.
    @Test func `arrive whole, once each, however slowly they are read`() throws {
        let client = try Conversation(with: LargeBackEnd.open(Self.size), environment: Self.patience)
        let (whole, before) = try Self.first(client)
        client.searchAll(1...Self.calls)
        #expect(Self.ids(client, length: whole) { usleep(2000) } == Set(1...Self.calls))
        #expect(try client.everything() == [])
        try Self.checkMemory(client, before)
    }

    /// Rows: G017, G169.
    @Test func `wait in bounded memory for a client that does not read`() throws {
        let requests = Report<Void>()
        let client = try Conversation(with: LargeBackEnd.open(Self.size, requests), environment: Self.patience)
        let (whole, before) = try Self.first(client)
        client.searchAll(1...Self.calls)
        // As many as are worked on at a time, and the first.
        #expect(requests.reaches(33))
        #expect(client.program.settles())
        #expect(requests.all.count == 33)
        try Self.checkMemory(client, before)
        for _ in 1...Self.calls {
            #expect(client.program.readBytes().flatMap { Self.id(of: $0, length: whole) } != nil)
        }
        #expect(requests.all.count == Self.calls + 1)
    }

    @Test func `hold up neither cancelling nor the end while no one reads`() throws {
        let requests = Report<Void>()
        let client = try Conversation(with: LargeBackEnd.open(Self.size, requests), environment: Self.patience)
        _ = try Self.first(client)
        client.searchAll(1...Self.calls)
        #expect(requests.reaches(33))
        #expect(client.program.settles())
        // Those that wait for their turn never get it.
        for id in 33...Self.calls { client.cancel(id) }
        #expect(client.program.settles())
        for _ in 1...32 { #expect(client.program.readBytes() != nil) }
        #expect(try client.everything() == [])
        #expect(requests.all.count == 33)
        client.searchAll(1...Self.calls)
        #expect(requests.reaches(65))
        #expect(client.program.settles())
        let (seconds, code) = timed {
            client.program.signal(SIGTERM)
            return client.program.wait()
        }
        #expect(code == 0)
        #expect(seconds < 3)
    }

    /// The length of an answer and the memory after it.
    private static func first(_ client: Conversation) throws -> (length: Int, memory: Int) {
        client.searchLarge(0)
        guard let line = client.program.readBytes(), line.count > 2 * size else {
            throw Conversation.Silence(expected: "a large answer")
        }
        return (line.count, client.program.kernelNumber("VmHWM") ?? 0)
    }

    private static func checkMemory(_ client: Conversation, _ before: Int) throws {
        guard RunningProgram.isMeasurable else { return }
        let after = try #require(client.program.kernelNumber("VmHWM"))
        #expect(after - before < memory)
    }

    /// The id of an answer that is whole.
    private static func id(of line: [UInt8], length: Int) -> Int? {
        let head = String(decoding: line.prefix(40), as: UTF8.self)
        guard head.hasPrefix(#"{"jsonrpc":"2.0","id":"#), let id = Int(head.dropFirst(22).prefix { $0.isNumber }),
            line.count == length - 1 + String(id).count, line.last == UInt8(ascii: "}")
        else { return nil }
        return id
    }

    /// The ids of all answers, as far as they come and are whole.
    private static func ids(_ client: Conversation, length: Int, before: () -> Void = {}) -> Set<Int> {
        var ids: Set<Int> = []
        for _ in 1...calls {
            before()
            guard let line = client.program.readBytes(), let id = id(of: line, length: length) else { break }
            ids.insert(id)
        }
        return ids
    }
}

/// Answers everything with a text of so many bytes.
private enum LargeBackEnd {
    static func open(_ size: Int, _ requests: Report<Void> = Report()) throws -> OwnBackEnd {
        let text = String(repeating: "word ", count: size / 5)
        let found = #"{"ok":true,"data":{"platformDocs":[{"text":"\#(text)"}]}}"#
        return try OwnBackEnd { _, connection in
            requests.add(())
            OwnBackEnd.send(found, to: connection)
        }
    }
}

extension Conversation {
    /// With all of the reply in the answer.
    fileprivate func searchLarge(_ id: Int) { call(id, "knowledge_search", ["query": "large", "detail": "full"]) }

    fileprivate func searchAll(_ ids: ClosedRange<Int>) { for id in ids { searchLarge(id) } }
}
