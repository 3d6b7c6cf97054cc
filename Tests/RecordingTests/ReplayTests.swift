import JSON
import JSONRPC
import Logging
import Recording
import Testing

/// Answers with what a closure says.
private struct Answerer: RequestHandler {
    var acceptsBatches: Bool { true }
    let answer: @Sendable (Request, Exchange) -> Reply

    func reply(to request: Request, inBatch: Bool, in exchange: Exchange) -> Reply { answer(request, exchange) }
    func received(_ notification: JSONRPC.Notification, in exchange: Exchange) { exchange.conversation.openQuestions() }
}

@Suite struct `A replay` {
    private static func said(_ json: JSON) -> Outcome { .success(EncodedJSON(json)) }

    private static let head = #"{"recording":1,"program":"oe-mcp","version":"1.0.0","options":[],"settings":{}}"#

    private static func recording(_ lines: [String]) throws -> Recording {
        try Recording(Array(([head] + lines + [#"{"ms":9,"end":"done"}"#]).map { $0 + "\n" }.joined().utf8))
    }

    private static func client(_ message: String) -> String { #"{"ms":1,"from":"client","message":\#(message)}"# }
    private static func server(_ message: String) -> String { #"{"ms":2,"from":"server","message":\#(message)}"# }
    private static let closed = #"{"ms":3,"from":"client","closed":"inputEnded"}"#

    private func report(
        _ lines: [String],
        _ rules: ReplayRules = ReplayRules(),
        patience: Double = 10,
        spare: Double = 10,
        answer: @escaping @Sendable (Request, Exchange) -> Reply
    ) throws -> ReplayReport {
        try Replay(Self.recording(lines), rules, patience: patience, spare: spare)
            .played(to: Answerer(answer: answer), log: .none)
    }

    private static let asked = [
        client(#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t"}}"#),
        server(#"{"jsonrpc":"2.0","id":1,"result":{"text":"one\ntwo","n":1,"serverInfo":{"version":"1"}}}"#), closed,
    ]

    @Test func `finds nothing where the same is answered, whatever the version and the order of members`() throws {
        let report = try report(Self.asked) { _, _ in
            .now(Self.said(["serverInfo": ["version": "2"], "n": 1, "text": "one\ntwo"]))
        }
        #expect(report.isSame && report.compared == 1)
    }

    @Test func `names each place that differs, of a text its first line`() throws {
        let report = try report(Self.asked) { _, _ in
            .now(Self.said(["text": "one\nthree", "more": true, "serverInfo": ["version": "1"]]))
        }
        let difference = try #require(report.differences.first)
        #expect(difference.message == "tools/call t (id 1)")
        #expect(
            difference.places == [
                "result.text, line 2: “two” recorded, “three” now", "result.n: 1 recorded, missing now",
                "result.more: new now, true",
            ]
        )
    }

    @Test func `says what does not come any more`() throws {
        let report = try report(Self.asked, patience: 0.05) { _, _ in
            .later(
                Job {
                    // Without an end, but for that of the task.
                    for await _ in AsyncStream<Int>.makeStream().stream {}
                    return Self.said([:])
                }
            )
        }
        #expect(report.differences.map { $0.places } == [["recorded, and does not come now"]])
    }

    @Test func `says what comes and was not there`() throws {
        let lines = [Self.client(#"{"jsonrpc":"2.0","id":1,"method":"x"}"#), Self.closed]
        let report = try report(lines) { _, _ in .now(Self.said(["a": 1])) }
        #expect(report.differences.first?.message == "x (id 1)")
    }

    @Test func `does not compare what was cancelled, since it is a matter of time who was first`() throws {
        let lines = [
            Self.client(#"{"jsonrpc":"2.0","id":1,"method":"x"}"#),
            Self.client(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#), Self.closed,
        ]
        #expect(try report(lines) { _, _ in .now(Self.said(["a": 1])) }.isSame)
    }

    @Test func `gives the recorded answers to questions, under the ids of now`() throws {
        let lines = [
            Self.client(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#),
            Self.client(#"{"jsonrpc":"2.0","id":1,"method":"x"}"#),
            Self.server(#"{"jsonrpc":"2.0","id":"ask-old","method":"elicitation/create","params":{"message":"?"}}"#),
            Self.client(#"{"jsonrpc":"2.0","id":"ask-old","result":{"action":"accept"}}"#),
            Self.server(#"{"jsonrpc":"2.0","id":1,"result":{"action":"accept"}}"#), Self.closed,
        ]
        let asks: @Sendable (Request, Exchange) -> Reply = { _, exchange in
            .later(
                Job {
                    let answer = try? await exchange.ask("elicitation/create", ["message": "?"], within: .seconds(20))
                    return Self.said(answer ?? "none")
                }
            )
        }
        #expect(try report(lines, answer: asks).isSame)
        // One that was not asked then is refused, and shown.
        let without = [lines[0], lines[1], lines[4], lines[5]]
        let report = try report(without, answer: asks)
        #expect(report.differences.map { $0.message } == ["x (id 1)", "the question elicitation/create (number 1)"])
    }

    @Test func `carries back the sealed texts of now in place of those of then`() throws {
        let (then, now) = (String(repeating: "Ab3_", count: 20), String(repeating: "Zz9-", count: 22))
        let lines = [
            Self.client(#"{"jsonrpc":"2.0","id":1,"method":"x"}"#),
            Self.server(#"{"jsonrpc":"2.0","id":1,"result":{"text":"use \"\#(then)\" once"}}"#),
            Self.client(#"{"jsonrpc":"2.0","id":2,"method":"y","params":{"token":"\#(then)"}}"#),
            Self.server(#"{"jsonrpc":"2.0","id":2,"result":{"ok":true}}"#), Self.closed,
        ]
        let report = try report(lines) { request, _ in
            if request.method == "x" { return .now(Self.said(["text": .string("use \"\(now)\" once")])) }
            return .now(Self.said(["ok": .bool(request.params?["token"] == .string(now))]))
        }
        #expect(report.isSame, "\(report)")
    }

    @Test func `leaves out what may not be sent, with its answer`() throws {
        let rules = ReplayRules(leavesOut: { $0["method"] == "tools/call" })
        let report = try report(Self.asked, rules) { _, _ in
            Issue.record("It was sent.")
            return .now(Self.said([:]))
        }
        #expect(report.isSame && report.leftOut == ["tools/call t (id 1)"] && report.compared == 0)
    }

    @Test(arguments: [
        #"{"jsonrpc":"2.0","id":1,"method":"tools/call"}"#, #" {"id":1,"method":"tools\/call","jsonrpc":"2.0"}"#,
        #"[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":2,"method":"tools/call"}]"#,
    ])
    func `leaves out what may not be sent, though it was kept as a text`(text: String) throws {
        let line = (["ms": 1, "from": "client", "text": .string(text)] as JSON).text
        let report = try report([line, Self.closed], ReplayRules(leavesOut: { $0["method"] == "tools/call" })) { _, _ in
            Issue.record("It was sent.")
            return .now(Self.said([:]))
        }
        #expect(report.isSame && report.leftOut.count == 1)
    }

    @Test func `waits for no answer that nothing has asked for`() throws {
        let answer = Self.server(#"{"jsonrpc":"2.0","id":7,"result":{}}"#)
        let nameless = Self.server(#"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"x"}}"#)
        let lines = [answer, nameless] + Self.asked.prefix(2) + [answer, Self.closed]
        let start = SuspendingClock.now
        let report = try report(lines, patience: 600) { _, _ in
            .now(Self.said(["serverInfo": ["version": "2"], "n": 1, "text": "one\ntwo"]))
        }
        #expect(
            report.differences.map { $0.places }
                == Array(repeating: ["recorded, and nothing had asked for it"], count: 3)
        )
        #expect(report.compared == 1 && SuspendingClock.now - start < .seconds(300))
    }

    @Test func `gives up when too many answers do not come, and says what was not sent`() throws {
        let lines = (1...9).flatMap { id in
            [
                Self.client(#"{"jsonrpc":"2.0","id":\#(id),"method":"x"}"#),
                Self.server(#"{"jsonrpc":"2.0","id":\#(id),"result":{}}"#),
            ]
        }
        let report = try report(lines, patience: 0.02, spare: 0.04) { _, _ in
            .later(
                Job {
                    for await _ in AsyncStream<Int>.makeStream().stream {}
                    return Self.said([:])
                }
            )
        }
        #expect(report.compared == 3 || report.compared == 4)
        #expect(report.differences.last?.message == "the rest of what the client said")
    }

    @Test func `takes the answers of a batch one by one, in any order`() throws {
        let lines = [
            Self.client(#"[{"jsonrpc":"2.0","id":"a","method":"x"},{"jsonrpc":"2.0","id":"b","method":"y"}]"#),
            Self.server(#"[{"jsonrpc":"2.0","id":"b","result":"y"},{"jsonrpc":"2.0","id":"a","result":"x"}]"#),
            Self.closed,
        ]
        let report = try report(lines) { request, _ in .now(Self.said(.string(request.method))) }
        #expect(report.isSame && report.compared == 2)
    }
}
