import JSON
import JSONRPC
import Logging
import MCP
import Synchronization

extension FuzzTarget {
    /// Whatever a client writes, every request is answered once, each answer is one line of JSON, and nothing is sent
    /// about changes before it was acknowledged or after it has ended.
    static let conversation = FuzzTarget("conversation") { bytes in
        let conversation = FuzzedConversation()
        for line in bytes.split(separator: UInt8(ascii: "\n")) { conversation.receive(Array(line)) }
        await conversation.idle()
        try conversation.check()
    }
}

/// A server and the account of what it owes its client.
private final class FuzzedConversation: Sendable {
    fileprivate struct Account {
        var written: [[UInt8]] = []
        var owed = 0
        var asked: [RequestID: Int] = [:]
        /// Requests that may stay without an answer.
        var isCancelling = false
    }

    private let server: Server
    private let connection: ServerConnection
    private let conversation: Conversation
    private let account: Ledger

    private final class Ledger: Sendable {
        let state = Mutex(Account())
    }

    init() {
        let info = ServerInfo(name: "fuzz", version: "1", instructions: "Ask.")
        let account = Ledger()
        server = Server(info: info, tools: FewTools(), logsFrom: .notice, changes: .tools, log: .none)
        connection = server.connection()
        conversation = Conversation(
            handler: connection,
            sink: MemorySink { line in account.state.withLock { $0.written.append(line) } },
            log: .none
        )
        self.account = account
    }

    func receive(_ line: [UInt8]) {
        let acceptsBatches = connection.acceptsBatches
        account.state.withLock { account in
            switch try? JSON(parsing: line) {
            case .array(let messages)? where acceptsBatches && (1...1_000).contains(messages.count):
                for message in messages { account.enter(message) }
            case let json?: account.enter(json)
            case nil: account.owed += 1
            }
        }
        conversation.standalone.receive(.text(line))
        server.changed(.tools)
    }

    func idle() async {
        await withCheckedContinuation { continuation in conversation.whenIdle { continuation.resume() } }
        conversation.endStandingRequests()
        server.changed(.tools)
    }

    func check() throws {
        let account = account.state.withLock { $0 }
        var answers: [JSON] = []
        for line in account.written {
            try hold(!line.contains(UInt8(ascii: "\n")), "An answer has more than one line.")
            let json = try JSON(parsing: line)
            answers += json.array ?? [json]
        }
        try checkSubscriptions(answers)
        answers.removeAll { $0["method"] != nil }
        let isEven = account.isCancelling ? answers.count <= account.owed : answers.count == account.owed
        try hold(isEven, "\(account.owed) answers were owed, \(answers.count) came.")
        var left = account.asked
        for id in answers.compactMap({ $0["id"].flatMap { RequestID($0) } }) {
            left[id, default: 0] -= 1
            try hold(left[id] ?? 0 >= 0, "The request \(id.json.text) was answered twice.")
        }
    }
}

extension FuzzedConversation {
    private func checkSubscriptions(_ messages: [JSON]) throws {
        var open: Set<RequestID> = []
        for message in messages {
            let tag = message["params"]?["_meta"]?["io.modelcontextprotocol/subscriptionId"]
            if let id = tag.flatMap({ RequestID($0) }) {
                if message["method"] == "notifications/subscriptions/acknowledged" { open.insert(id) }
                try hold(
                    open.contains(id),
                    "The subscription \(id.json.text) was told of a change while it was not open."
                )
            } else if let id = message["id"].flatMap({ RequestID($0) }), message["method"] == nil {
                open.remove(id)
            }
        }
    }
}

extension FuzzedConversation.Account {
    fileprivate mutating func enter(_ json: JSON) {
        switch try? Message(json) {
        case .response?: return
        case .notification(let notification)?:
            if notification.method == "notifications/cancelled" { isCancelling = true }
        default:
            owed += 1
            if let id = json["id"].flatMap({ RequestID($0) }) { asked[id, default: 0] += 1 }
        }
    }
}

/// One tool that answers, one that fails, one that waits for others.
private struct FewTools: ToolRegistry {
    private static let all = ["say", "fail", "yield"].map { name in
        ToolListing(
            ToolDefinition(name: name, title: name, effect: .reads, summary: "One of few."),
            inputSchema: ["type": "object"]
        )
    }

    func listings(in context: RequestContext) -> Listed<ToolListing> { .now(Self.all) }

    func knows(_ name: String, in context: RequestContext) -> Bool { Self.all.contains { $0.definition.name == name } }

    func call(_ name: String, arguments: JSONObject, in context: RequestContext) async throws -> Answer {
        context.progress.report(1, of: 2, "Half")
        context.log(.notice, "Half", ("name", .string(name)))
        switch name {
        case "say": return Answer("said", structured: .object(arguments), links: [.init("a:b", name: "c")])
        case "fail": return .failure("It failed. Try another.")
        case "yield":
            await Task.yield()
            return Answer(arguments["text"]?.string ?? "")
        default: throw RPCError.invalidParams("There is no tool `\(name)`.")
        }
    }
}
