import JSON
import TestSupport
import Testing

/// Small inputs that would end, hang or inflate a program that trusts its client.
///
/// Each is sent to one program, which must answer a ping after it and have grown by no more than so much.
@Suite(.ownThread) struct `A hostile client` {
    struct Input: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var revision = "2025-11-25"
        /// Whether something is answered at all, and under this id.
        var id: JSON?
        let lines: @Sendable () -> String

        init(
            _ what: String,
            revision: String = "2025-11-25",
            id: JSON? = nil,
            _ lines: @escaping @Sendable () -> String
        ) {
            testDescription = what
            self.revision = revision
            self.id = id
            self.lines = lines
        }
    }

    /// In KiB: what the largest of them may take while it is read and answered.
    private static let memory = 384 << 10

    @Test(.timeLimit(.minutes(2)), arguments: inputs)
    func `neither ends nor hangs nor inflates the program`(input: Input) throws {
        let client = try Conversation(["--sandbox"], revision: input.revision)
        let before = client.program.kernelNumber("VmRSS") ?? 0
        client.send(input.lines())
        client.ping("still there")
        var missing = Set([input.id, "still there"].compactMap { $0 })
        while !missing.isEmpty {
            let answer = try client.answer()
            for answer in answer.array ?? [answer] { if let id = answer["id"] { missing.remove(id) } }
        }
        if RunningProgram.isMeasurable {
            #expect((client.program.kernelNumber("VmHWM") ?? .max) - before < Self.memory)
        }
        client.program.closeInput()
        #expect(client.program.wait() == 0)
    }

    private static func call(_ arguments: String, _ tool: String = "asset_explorer") -> String {
        #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"\#(tool)","arguments":\#(arguments)}}"#
    }

    private static func message(_ method: String, _ params: String, id: String = "1") -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":\#(params)}"#
    }

    private static func list(_ count: Int, _ item: (Int) -> String) -> String {
        "[" + (0..<count).map(item).joined(separator: ",") + "]"
    }

    private static func members(_ count: Int, _ value: String = "1") -> String {
        "{" + (0..<count).map { #""a\#($0)":\#(value)"# }.joined(separator: ",") + "}"
    }

    private static func words(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    static let inputs: [Input] = arguments + messages + batches + sequences

    private static let arguments: [Input] = [
        Input("100,000 unknown arguments", id: 1) { call(members(100_000)) },
        Input("1,000 unknown arguments of 250 letters", id: 1) {
            call("{" + (0..<1000).map { #""\#(words("ab", 120))\#($0)":1"# }.joined(separator: ",") + "}")
        },
        Input("100,000 unknown filters", id: 1) { call(#"{"filters":\#(members(100_000))}"#) },
        Input("one argument named 100,000 times", id: 1) {
            call("{" + list(100_000) { _ in #""limit":1"# }.dropFirst().dropLast() + "}")
        },
        Input("100,000 wrong items in a list", id: 1) {
            call(#"{"object_types":\#(list(100_000) { _ in #""zzzz""# })}"#)
        },
        Input("a list of commas", id: 1) { call(#"{"object_types":"\#(words(",", 1_000_000))"}"#) },
        Input("a million lists written as a text", id: 1) {
            call(#"{"object_types":"[\#(words("[0],", 250_000))0]"}"#)
        },
        Input("a number of a million digits", id: 1) { call(#"{"limit":\#(words("9", 1_000_000))}"#) },
        Input("a number with an endless exponent", id: 1) { call(#"{"limit":1e999999999}"#) },
        Input("a million brackets as a number", id: 1) { call(#"{"limit":"\#(words("[", 1_000_000))"}"#) },
        Input("one character of a million marks", id: 1) { call(#"{"limit":"e\#(words("\u{301}", 500_000))"}"#) },
        Input("a name of a million letters", id: 1) { call("{}", words("n", 1_000_000)) },
        Input("a search for 20,000 hidden characters", id: 1) {
            call(#"{"search_terms":"\#(words("a\u{200B}", 20_000))"}"#)
        },
        Input("every edge of an integer", id: 1) {
            call(#"{"page":9223372036854775807,"limit":-9223372036854775808}"#)
        },
    ]

    private static let messages: [Input] = [
        Input("a million empty objects", id: 1) { message("ping", list(1_000_000) { _ in "{}" }) },
        Input("half a million lists of one", id: 1) { message("ping", list(500_000) { _ in "[0]" }) },
        Input("a million empty texts before the id", id: 2) {
            #"{"jsonrpc":"2.0","x":\#(list(1_000_000) { _ in #""""# }),"method":"ping","id":2}"#
        },
        Input("100,000 levels") { words("[", 100_000) },
        Input("510 levels in the arguments", id: 1) { call(#"{"x":\#(words("[", 500))\#(words("]", 500))}"#) },
        Input("half a surrogate pair", id: 1) { call(#"{"search_terms":"\ud83d","\udead":"\ud800\ud800"}"#) },
        Input("an id of half a megabyte", id: .string(words("i", 500_000))) {
            message("ping", "{}", id: "\"\(words("i", 500_000))\"")
        },
        Input("a method of a megabyte", id: 1) { message(words("m", 1_000_000), "{}") },
        Input("a cursor of a megabyte", id: 1) { message("tools/list", #"{"cursor":"\#(words("QUJD", 250_000))"}"#) },
        Input("100,000 values of a completion", id: 1) {
            message(
                "completion/complete",
                #"{"ref":{"type":"ref/prompt","name":"x"},"argument":{"name":"x","value":"\#(words("x", 500_000))"},"context":{"arguments":\#(members(90_000, #""v""#))}}"#
            )
        },
        Input("100,000 arguments of a prompt", id: 1) {
            message("prompts/get", #"{"name":"x","arguments":\#(members(100_000, #""v""#))}"#)
        },
        Input("100,000 resources to hear of", id: 1) {
            let uris = list(100_000) { #""ovaledge://catalog/table/\#($0)""# }
            let meta =
                #"{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}"#
            return message(
                "subscriptions/listen",
                #"{"_meta":\#(meta),"notifications":{"resourceSubscriptions":\#(uris)}}"#
            )
        },
        Input("a resource of a megabyte", id: 1) {
            message("resources/read", #"{"uri":"ovaledge://catalog/table/\#(words("%41", 300_000))"}"#)
        },
        Input("a progress token of a megabyte", id: 1) {
            message("tools/call", #"{"name":"asset_explorer","_meta":{"progressToken":"\#(words("t", 1_000_000))"}}"#)
        },
        Input("100,000 capabilities", id: 1) {
            message("initialize", #"{"protocolVersion":"2025-11-25","capabilities":\#(members(100_000, "{}"))}"#)
        },
    ]

    private static let batches: [Input] = [
        Input("20,000 lists of tools in one batch", revision: "2025-03-26") {
            list(20_000) { message("tools/list", "{}", id: String($0)) }
        },
        Input("1,000 lists of tools in one batch", revision: "2025-03-26", id: 0) {
            list(1_000) { message("tools/list", "{}", id: String($0)) }
        },
        Input("300,000 numbers in one batch", revision: "2025-03-26") { list(300_000) { _ in "1" } },
    ]

    private static let sequences: [Input] = [
        Input("10,000 calls, all cancelled", revision: "2025-11-25") {
            (0..<10_000).map { number in
                message("tools/call", #"{"name":"asset_explorer"}"#, id: String(number + 10)) + "\n"
                    + #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":\#(number + 10)}}"#
            }.joined(separator: "\n")
        },
        Input("20,000 lines that are none") { list(20_000) { _ in "{" }.replacing(",", with: "\n") },
        Input("20,000 answers to nothing") {
            (0..<20_000).map { #"{"jsonrpc":"2.0","id":"ask-\#($0)","result":{}}"# }.joined(separator: "\n")
        },
        Input("10,000 sessions, one after the other") {
            (0..<10_000).map { message("initialize", #"{"protocolVersion":"2025-11-25"}"#, id: String($0)) }
                .joined(separator: "\n")
        },
    ]
}
