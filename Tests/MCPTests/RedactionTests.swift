import JSON
import JSONRPC
import Logging
import MCP
import TestSupport
import Testing

@Suite struct `A secret that is a word of the protocol` {
    private static let transcripts = [
        "2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28", "both-eras", "mistakes", "batches",
        "subscriptions", "listening",
    ]

    /// What the server really said, and every word in it as a secret: texts may change, and nothing else.
    @Test(arguments: transcripts)
    func `changes nothing that a client depends on`(name: String) throws {
        let messages = Transcript(try SourceFile(#filePath, "Transcripts/\(name).transcript").text()).lines.compactMap {
            if case .fromServer(let text) = $0 { text } else { nil }
        }
        let values = try messages.map { try JSON(parsing: $0) }
        let words = Set(values.flatMap { Self.texts(in: $0) })
        #expect(words.count > 10)
        for word in words {
            let redactor = Redactor()
            redactor.add(Secret(word))
            for (message, value) in zip(messages, values) {
                let redacted = try JSON(parsing: redactor.redacted(frame: Array(message.utf8), keeping: .mcp))
                #expect(Self.skeleton(of: redacted, isData: false) == Self.skeleton(of: value, isData: false))
            }
        }
    }

    /// Every text and every member's name.
    private static func texts(in json: JSON) -> [String] {
        switch json {
        case .string(let text): [text]
        case .array(let items): items.flatMap { texts(in: $0) }
        case .object(let object): object.members.flatMap { [$0.name] + texts(in: $0.value) }
        case .null, .bool, .number: []
        }
    }

    private static let words: Set = [
        "jsonrpc", "id", "method", "type", "resultType", "role", "mimeType", "level", "protocolVersion",
        "progressToken",
        "requestId", "nextCursor", "requestState", "cacheScope", "io.modelcontextprotocol/subscriptionId",
    ]
    private static let data: Set = ["structuredContent", "data", "arguments"]

    /// The message with dots for every text that is for people.
    private static func skeleton(of json: JSON, isData: Bool, isOwn: Bool = false) -> JSON {
        switch json {
        case .string: isOwn ? json : "•"
        case .array(let items): .array(items.map { skeleton(of: $0, isData: isData) })
        case .object(let object):
            .object(
                JSONObject(
                    object.members.map { member in
                        let isList = ["tools", "prompts", "resourceTemplates"].contains(member.name)
                        if isList && !isData { return member }
                        return JSONObject.Member(
                            isData ? "•" : member.name,
                            skeleton(
                                of: member.value,
                                isData: isData || data.contains(member.name),
                                isOwn: !isData && words.contains(member.name)
                            )
                        )
                    }
                )
            )
        case .null, .bool, .number: json
        }
    }
}
