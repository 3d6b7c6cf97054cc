import JSON
import TestSupport

/// The program and a client that has opened a session with it; raw lines both ways.
final class Conversation: Sendable {
    let program: RunningProgram
    /// Lives as long as the conversation.
    private let backEnd: (any BackEnd)?

    struct Silence: Error { let expected: String }

    /// Without a `revision` nothing is opened.
    init(
        _ arguments: [String] = [],
        revision: String? = "2025-11-25",
        environment: [String: String] = [:],
        files: [String: String] = [:],
        readsErrors: Bool = true,
        stdio: RunningProgram.Stdio = .pipe,
        backEnd: (any BackEnd)? = nil
    ) throws {
        self.backEnd = backEnd
        program = try RunningProgram(
            "oe-mcp",
            arguments,
            environment: environment,
            files: files,
            readsErrors: readsErrors,
            stdio: stdio
        )
        guard let revision else { return }
        open(revision)
        guard try answer()["id"] == "open" else { throw Silence(expected: "the answer to initialize") }
    }

    /// Asks for a session; the answer is the next message.
    func open(_ revision: String = "2025-11-25") {
        send(
            """
            {"jsonrpc":"2.0","id":"open","method":"initialize","params":{"protocolVersion":"\(revision)",\
            "capabilities":{},"clientInfo":{"name":"torture","version":"1"}}}
            {"jsonrpc":"2.0","method":"notifications/initialized"}
            """
        )
    }

    /// A session whose tools ask a back end that is served on a port.
    convenience init(
        with backEnd: some BackEnd,
        revision: String? = "2025-11-25",
        environment: [String: String] = [:],
        readsErrors: Bool = true,
        stdio: RunningProgram.Stdio = .pipe
    ) throws {
        let environment = backEnd.settings.merging(environment) { $1 }
        try self.init(
            revision: revision,
            environment: environment,
            readsErrors: readsErrors,
            stdio: stdio,
            backEnd: backEnd
        )
    }

    func send(_ line: String) { program.write(line + "\n") }

    func call(_ id: Int, _ tool: String = "asset_explorer", _ arguments: JSON = ["search_terms": "orders"]) {
        let message: JSON = [
            "jsonrpc": "2.0", "id": .int(id), "method": "tools/call",
            "params": ["name": .string(tool), "arguments": arguments],
        ]
        send(message.text)
    }

    func cancel(_ id: Int) {
        send(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":\#(id)}}"#)
    }

    func ping(_ id: String) { send(#"{"jsonrpc":"2.0","id":"\#(id)","method":"ping"}"#) }

    /// The next message.
    func answer(seconds: Double = RunningProgram.patience) throws -> JSON {
        guard let line = program.readBytes(seconds: seconds) else { throw Silence(expected: "a message") }
        return try JSON(parsing: line)
    }

    /// The answers to `ids` in whatever order they come, which must be all that comes.
    func answers(to ids: Set<Int>) throws -> [Int: JSON] {
        var answers: [Int: JSON] = [:]
        for _ in ids {
            let answer = try answer()
            guard let id = answer["id"]?.int, ids.contains(id), answers.updateValue(answer, forKey: id) == nil
            else { throw Silence(expected: "an answer to each of \(ids.sorted()), once") }
        }
        return answers
    }

    /// All messages up to the answer to a ping, without that one: what was said in answer to what was sent so far.
    func everything() throws -> [JSON] {
        ping("everything so far")
        var messages: [JSON] = []
        while true {
            let message = try answer()
            if message["id"] == "everything so far" { return messages }
            messages.append(message)
        }
    }

    /// The rest of the messages, to the end of the output.
    func rest() throws -> [JSON] {
        try program.readAll().split(separator: "\n").map { try JSON(parsing: String($0)) }
    }
}

extension JSON {
    /// Of a tool's answer: that it succeeded.
    var isSuccess: Bool { self["result"].map { $0["isError"] != true } ?? false }
}

/// How many seconds `body` took, and what it gave.
func timed<Result>(_ body: () throws -> Result) rethrows -> (seconds: Double, result: Result) {
    let start = ContinuousClock.now
    let result = try body()
    return ((ContinuousClock.now - start) / .seconds(1), result)
}
