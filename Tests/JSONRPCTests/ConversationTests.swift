import JSON
import JSONRPC
import Logging
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct `One end of a conversation` {
    @Test func `answers what needs no waiting before it reads on`() {
        let end = End()
        end.write(#"{"jsonrpc":"2.0","id":"a","method":"now"}"#)
        #expect(end.written == [#"{"jsonrpc":"2.0","id":"a","result":{"was":"now"}}"#])
    }

    /// Rows: G038.
    @Test func `answers the quick while the slow still work`() async {
        let end = End()
        end.write(#"{"jsonrpc":"2.0","id":1,"method":"later"}"#)
        end.write(#"{"jsonrpc":"2.0","id":2,"method":"now"}"#)
        #expect(end.written == [#"{"jsonrpc":"2.0","id":2,"result":{"was":"now"}}"#])
        end.handler.release()
        await end.idle()
        #expect(end.written.last == #"{"jsonrpc":"2.0","id":1,"result":{"was":"later"}}"#)
    }

    /// Rows: G173.
    @Test func `never answers what was cancelled, and frees its id`() async {
        let end = End()
        end.write(#"{"jsonrpc":"2.0","id":1,"method":"later"}"#)
        end.write(#"{"jsonrpc":"2.0","method":"cancel","params":{"id":1}}"#)
        await end.idle()
        #expect(end.written.isEmpty)
        end.write(#"{"jsonrpc":"2.0","id":1,"method":"now"}"#)
        end.handler.release()
        #expect(end.written == [#"{"jsonrpc":"2.0","id":1,"result":{"was":"now"}}"#])
    }

    @Test func `says where answers go that none will come`() async {
        let end = End()
        let cancel = #"{"jsonrpc":"2.0","method":"cancel","params":{"id":1}}"#
        end.write(#"{"jsonrpc":"2.0","id":1,"method":"later"}"#)
        end.write(cancel)
        #expect(end.unansweredCount == 1)
        end.write(#"[{"jsonrpc":"2.0","id":1,"method":"later"}]"#)
        end.write(cancel)
        #expect(end.unansweredCount == 2)
        end.write(#"[{"jsonrpc":"2.0","method":"anything"}]"#)
        #expect(end.unansweredCount == 3)
        end.write(#"[{"jsonrpc":"2.0","id":1,"method":"later"},{"jsonrpc":"2.0","id":2,"method":"now"}]"#)
        end.write(cancel)
        #expect(end.unansweredCount == 3 && end.written.count == 1)
        end.handler.release()
        await end.idle()
    }

    @Test func `takes back only what has not begun, and says nothing of it`() async {
        let end = End()
        for id in 0...Conversation.requestsInFlight {
            end.write(#"{"jsonrpc":"2.0","id":\#(id),"method":"later"}"#)
        }
        #expect(!end.conversation.withdraw(RequestID(text: "unknown")))
        #expect(RequestID(.int(0)).map { end.conversation.withdraw($0) } == false)
        #expect(RequestID(.int(Conversation.requestsInFlight)).map { end.conversation.withdraw($0) } == true)
        #expect(end.unansweredCount == 0)
        for _ in 0..<Conversation.requestsInFlight { end.handler.release() }
        await end.idle()
        #expect(end.written.count == Conversation.requestsInFlight)
    }

    /// Rows: G130.
    @Test func `notifies the task that it was cancelled`() async {
        let end = End()
        end.write(#"{"jsonrpc":"2.0","id":1,"method":"until cancelled"}"#)
        end.write(#"{"jsonrpc":"2.0","method":"cancel","params":{"id":1}}"#)
        await end.handler.cancelled()
    }

    /// Rows: G039.
    @Test func `keeps two requests of one id apart`() async {
        let end = End()
        end.write(#"{"jsonrpc":"2.0","id":1,"method":"later"}"#)
        end.write(#"{"jsonrpc":"2.0","id":1,"method":"now"}"#)
        end.handler.release()
        await end.idle()
        #expect(end.written.count == 2)
        #expect(end.written[0].contains(#""id":null,"error":{"code":-32600"#))
        #expect(end.written[1] == #"{"jsonrpc":"2.0","id":1,"result":{"was":"later"}}"#)
    }

    /// Rows: G034.
    @Test(arguments: ["later", "open"])
    func `answers no broken message under the id of a request that waits`(method: String) {
        let end = End()
        end.write(#"{"jsonrpc":"2.0","id":1,"method":"\#(method)"}"#)
        end.write(#"{"jsonrpc":"1.0","id":1,"method":"now"}"#)
        end.write(#"{"jsonrpc":"1.0","id":2,"method":"now"}"#)
        #expect(end.written.count == 2)
        #expect(end.written[0].contains(#""id":null,"error":{"code":-32600"#))
        #expect(end.written[1].contains(#""id":2,"error":{"code":-32600"#))
        end.handler.release()
    }

    /// JSON allows it, and JavaScript and Java write it where they cut an emoji in two.
    @Test func `answers a request that holds half a surrogate pair under its id`() {
        let end = End()
        end.write(#"{"jsonrpc":"2.0","id":7,"method":"now","params":{"text":"cut \ud83d"}}"#)
        #expect(end.written == [#"{"jsonrpc":"2.0","id":7,"result":{"was":"now"}}"#])
    }

    @Test func `leaves the unknown id out once it may`() {
        let end = End()
        end.write("{bad")
        end.conversation.leaveOutUnknownID()
        end.write("{bad")
        #expect(end.written[0].hasPrefix(#"{"jsonrpc":"2.0","id":null,"error":{"code":-32700"#))
        #expect(end.written[1].hasPrefix(#"{"jsonrpc":"2.0","error":{"code":-32700"#))
    }

    @Test func `works on a few at a time, in order, and forgets what is cancelled while it waits`() async {
        let end = End()
        let count = Conversation.requestsInFlight + 10
        for id in 1...count { end.write(#"{"jsonrpc":"2.0","id":\#(id),"method":"later"}"#) }
        #expect(end.conversation.waitingBytes > 0)
        end.write(#"{"jsonrpc":"2.0","method":"cancel","params":{"id":\#(count)}}"#)
        await end.handler.started(Conversation.requestsInFlight)
        #expect(end.handler.startedCount == Conversation.requestsInFlight)
        for _ in 1..<count { end.handler.release() }
        await end.idle()
        #expect(end.written.count == count - 1)
        #expect(end.conversation.waitingBytes == 0)
        #expect(!end.written.contains { $0.contains(#""id":\#(count),"#) })
    }

    @Test func `starts no further request until an answer has been written`() async throws {
        let end = End(holdsWritten: true)
        for id in 1...(Conversation.requestsInFlight + 1) {
            end.write(#"{"jsonrpc":"2.0","id":\#(id),"method":"later"}"#)
        }
        await end.handler.started(Conversation.requestsInFlight)
        for _ in 1...Conversation.requestsInFlight { end.handler.release() }
        try await wait { end.written.count >= Conversation.requestsInFlight }
        #expect(end.handler.startedCount == Conversation.requestsInFlight)
        end.writtenOne()
        await end.handler.started(Conversation.requestsInFlight + 1)
        end.handler.release()
        await end.idle()
        #expect(end.written.count == Conversation.requestsInFlight + 1)
    }

    /// Rows: G062.
    @Test func `answers a batch with one array once its last answer is there`() async {
        let end = End()
        end.write(
            #"[{"jsonrpc":"2.0","id":1,"method":"later"},7,{"jsonrpc":"2.0","method":"x"},{"jsonrpc":"2.0","id":2,"method":"now"}]"#
        )
        #expect(end.written.isEmpty)
        end.handler.release()
        await end.idle()
        #expect(end.written.count == 1)
        let answers = (try? JSON(parsing: end.written[0]))?.array ?? []
        #expect(answers.map { $0["id"] } == [.null, 2, 1])
    }

    @Test func `leaves what was cancelled out of a batch`() async {
        let end = End()
        end.write(#"[{"jsonrpc":"2.0","id":1,"method":"later"},{"jsonrpc":"2.0","id":2,"method":"now"}]"#)
        end.write(#"{"jsonrpc":"2.0","method":"cancel","params":{"id":1}}"#)
        #expect(end.written == [#"[{"jsonrpc":"2.0","id":2,"result":{"was":"now"}}]"#])
        end.handler.release()
    }

    @Test func `answers a batch of more messages than it takes with one error`() {
        let end = End()
        let now = #"{"jsonrpc":"2.0","id":1,"method":"now"}"#
        end.write("[" + Array(repeating: now, count: 1001).joined(separator: ",") + "]")
        #expect(end.written.count == 1)
        #expect(end.written[0].contains(#""code":-32600,"message":"A batch may have 1000 messages, this one has"#))
        end.write("[" + Array(repeating: now, count: 1000).joined(separator: ",") + "]")
        #expect((try? JSON(parsing: end.written[1]))?.array?.count == 1000)
    }

    @Test func `holds no more than so much for all batches together, quick answers included`() async {
        let end = End()
        let large = (1...40).map { #"{"jsonrpc":"2.0","id":"\#($0)","method":"large"}"# }.joined(separator: ",")
        end.write(#"[{"jsonrpc":"2.0","id":1,"method":"later"},\#(large)]"#)
        end.write(#"[{"jsonrpc":"2.0","id":2,"method":"later"},\#(large)]"#)
        #expect(end.written.isEmpty)
        end.handler.release()
        end.handler.release()
        await end.idle()
        let answers = end.written.flatMap { (try? JSON(parsing: $0))?.array ?? [] }
        #expect(answers.count == 82)
        #expect(answers.count { $0["error"]?["code"] == -32603 } == 80 - (64 << 20) / Handler.large)
        #expect(end.written.reduce(0) { $0 + $1.utf8.count } < 66 << 20)
        end.write("[\(large)]")
        #expect(end.written.last?.contains("error") == false)
    }

    /// Rows: G063, G065.
    @Test func `says nothing to a batch of notifications, and refuses an empty one`() {
        let end = End()
        end.write(#"[{"jsonrpc":"2.0","method":"x"},{"jsonrpc":"2.0","method":"y"}]"#)
        #expect(end.written.isEmpty)
        end.write("[]")
        #expect(end.written.count == 1)
        #expect(end.written[0].contains(#""code":-32600"#))
    }

    /// Rows: G168.
    @Test func `redacts live secrets in all that leaves, but not from the id it answers under`() {
        let end = End(secret: "hunter2hunter2")
        end.write(#"{"jsonrpc":"2.0","id":"hunter2hunter2","method":"now","params":{"say":"hunter2hunter2"}}"#)
        #expect(end.written == [#"{"jsonrpc":"2.0","id":"hunter2hunter2","result":{"was":"now","said":"••••"}}"#])
    }

    @Test func `leaves a request open without a slot, and waits for none at the end`() async {
        let end = End()
        for id in 1...(Conversation.requestsInFlight + 1) {
            end.write(#"{"jsonrpc":"2.0","id":\#(id),"method":"open"}"#)
        }
        end.write(#"{"jsonrpc":"2.0","id":0,"method":"later"}"#)
        end.handler.release()
        await end.idle()
        #expect(end.written == [#"{"jsonrpc":"2.0","id":0,"result":{"was":"later"}}"#])
        #expect(end.conversation.waitingBytes == 0)
    }

    @Test func `answers an open request when this side ends it, and not when the other did`() {
        let end = End()
        end.write(#"{"jsonrpc":"2.0","id":1,"method":"open"}"#)
        end.write(#"{"jsonrpc":"2.0","id":2,"method":"open"}"#)
        end.write(#"{"jsonrpc":"2.0","id":2,"method":"now"}"#)
        #expect(end.written.count == 1)
        #expect(end.written[0].contains(#""id":null,"error":{"code":-32600"#))
        end.write(#"{"jsonrpc":"2.0","method":"cancel","params":{"id":1}}"#)
        #expect(end.handler.endedCount == 1)
        end.conversation.endStandingRequests()
        end.conversation.endStandingRequests()
        #expect(end.handler.endedCount == 2)
        #expect(end.written.dropFirst() == [#"{"jsonrpc":"2.0","id":2,"result":{"was":"open"}}"#])
    }

    /// Rows: G025, G040.
    @Test func `says no more to a notification or a response`() {
        let end = End()
        end.write(#"{"jsonrpc":"2.0","method":"whatever"}"#)
        end.write(#"{"jsonrpc":"2.0","id":99,"result":{}}"#)
        #expect(end.written.isEmpty)
    }

    /// Rows: G057.
    @Test func `takes a question back that no one answers in time`() async {
        let end = End()
        end.conversation.openQuestions()
        let failure = await #expect(throws: AskFailure.self) {
            _ = try await end.conversation.standalone.ask("question", nil, within: .milliseconds(1))
        }
        #expect(failure == .timedOut)
        #expect(
            end.written == [
                #"{"jsonrpc":"2.0","id":"ask-1","method":"question"}"#,
                #"{"jsonrpc":"2.0","method":"taken back","params":{"id":"ask-1"}}"#,
            ]
        )
    }

    @Test func `asks a few things at a time, so that it can answer meanwhile`() async throws {
        let end = End()
        end.conversation.openQuestions()
        let open = (1...Conversation.questionsAtOnce).map { _ in
            Task { try await end.conversation.standalone.ask("question", nil, within: .seconds(600)) }
        }
        try await wait { end.written.count >= open.count }
        await #expect(throws: AskFailure.tooMany(open: open.count)) {
            _ = try await end.conversation.standalone.ask("question", nil, within: .seconds(600))
        }
        end.write(#"{"jsonrpc":"2.0","id":"ask-1","result":{}}"#)
        let next = Task { try await end.conversation.standalone.ask("question", nil, within: .seconds(600)) }
        try await wait { end.written.count > open.count }
        for question in open + [next] { question.cancel() }
        #expect(Conversation.questionsAtOnce < Conversation.requestsInFlight)
    }

    @Test func `asks under ids that cannot be guessed`() {
        let ids = (0..<100).map { _ in RequestID.unguessable() }
        #expect(Set(ids).count == 100)
        #expect(ids.allSatisfy { $0.size > 20 })
    }

    @Test func `answers each request where it came from, and takes an answer from anywhere`() async throws {
        let end = End()
        let (first, second) = (Lines(), Lines())
        let one = Exchange(end.conversation, MemorySink(first.append))
        let two = Exchange(end.conversation, MemorySink(second.append))
        one.receive(.text(Array(#"{"jsonrpc":"2.0","id":1,"method":"now"}"#.utf8)))
        two.receive(.text(Array(#"{"jsonrpc":"2.0","id":2,"method":"now"}"#.utf8)))
        end.conversation.openQuestions()
        let question = Task { try await one.ask("question", nil, within: .seconds(600)) }
        await first.wait(for: 2)
        two.receive(.text(Array(#"{"jsonrpc":"2.0","id":"ask-1","result":{"a":1}}"#.utf8)))
        #expect(try await question.value == ["a": 1])
        #expect(first.all.first == #"{"jsonrpc":"2.0","id":1,"result":{"was":"now"}}"#)
        #expect(second.all == [#"{"jsonrpc":"2.0","id":2,"result":{"was":"now"}}"#])
        #expect(end.written.isEmpty)
    }

    @Test func `takes nothing back that it never asked`() async {
        let end = End()
        let question = Task { try await end.conversation.standalone.ask("question", nil, within: .seconds(600)) }
        question.cancel()
        await #expect(throws: CancellationError.self) { _ = try await question.value }
        #expect(end.written.isEmpty)
        end.conversation.openQuestions()
        #expect(end.written.isEmpty)
    }

    @Test func `logs why a line is no message, and what was cancelled, on one line and in short`() {
        let lines = Mutex<[String]>([])
        let end = End(log: Log(.debug) { line in lines.withLock { $0.append(line) } })
        let id = "a\nb" + String(repeating: "c", count: 100)
        end.write(#"{"jsonrpc":"2.0","id":1,"method":7,"params":{"arguments":"private"}}"#)
        end.write(#"{"jsonrpc":"2.0","id":\#(JSON.string(id).text),"method":"later"}"#)
        end.write(#"{"jsonrpc":"2.0","method":"cancel","params":{"id":\#(JSON.string(id).text)}}"#)
        #expect(
            lines.withLock { $0 } == [
                "warning: not_a_message request=1 problem=\"`method` must be a text.\"",
                "debug: cancelled request=\"a⟨U+000A⟩b\(String(repeating: "c", count: 57))\"",
            ]
        )
        end.handler.release()
    }

    @Test(arguments: [
        #"{"jsonrpc":"2.0","id":7,"method":"now","params":@}"#,
        #"{"params":{"id":8,"a":["\"id\":9",@]},"method":"now","jsonrpc":"2.0","id" : 7 }"#,
        #"{"a":"\\","params":@,"method":"now","id":7"#,
    ])
    func `answers a message of too many values under its id, wherever that is`(line: String) {
        let end = End()
        let values = "[" + String(repeating: "{},", count: 200_000) + "0]"
        end.write(String(line.split(separator: "@").joined(separator: values)))
        #expect(end.written.count == 1)
        #expect(end.written[0].hasPrefix(#"{"jsonrpc":"2.0","id":7,"error":{"code":-32700,"#))
        #expect(end.written[0].contains("more than 200000 values"))
        end.write("[\(values)]")
        #expect(end.written[1].hasPrefix(#"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"#))
    }

    @Test func `waits no longer for an answer of too many values`() async throws {
        let end = End()
        end.conversation.openQuestions()
        let question = Task { try await end.conversation.standalone.ask("question", nil, within: .seconds(600)) }
        try await wait { !end.written.isEmpty }
        let values = String(repeating: "0,", count: 200_000)
        end.write(#"{"jsonrpc":"2.0","id":"ask-1","result":{"a":[\#(values)0]}}"#)
        await #expect(throws: AskFailure.self) { _ = try await question.value }
        #expect(end.written.count == 1)
    }

    @Test(arguments: [
        (#"{"jsonrpc":"2.0","id":7,"method":"m","params":{"text":"PAD"}}"#, "7"),
        (#"{"method":"m","params":{"id":1,"text":"PAD"},"jsonrpc":"2.0","id":"a"}"#, #""a""#),
        (#"{"method":"m","params":{"text":"PAD","id":1}}"#, "null"),
        (#"{"method":"m","params":{"text":"PAD,\\"id\\":1}"}}"#, "null"), (#"["PAD",{"x":1,"id":3}"#, "null"),
    ])
    func `answers a line that was too long under its id`(line: String, id: String) throws {
        let end = End()
        var framer = LineFramer(limit: 5000)
        let bytes = Array(line.replacing("PAD", with: String(repeating: "x", count: 6000)).utf8)
        for chunk in [bytes[..<4500], bytes[4500...], [10]] {
            chunk.withUnsafeBufferPointer { framer.append($0) { end.conversation.standalone.receive($0) } }
        }
        #expect(try #require(end.written.first).contains(#""id":\#(id),"error":{"code":-32600,"#))
    }

    @Test func `takes no id that is cut off`() {
        let end = End()
        end.conversation.standalone.receive(.tooLong(start: Array(#"{"id":12"#.utf8), end: []))
        #expect(end.written[0].contains(#""id":null"#))
    }

    @Test func `answers a line that was too long`() {
        let end = End()
        end.conversation.standalone.receive(.tooLong(start: [], end: []))
        #expect(end.written[0].contains(#""code":-32600"#))
    }
}
