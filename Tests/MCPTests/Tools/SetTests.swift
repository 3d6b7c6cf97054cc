import JSON
import JSONRPC
import Logging
import MCP
import TestSupport
import Testing

@Suite struct `A server made of closures` {
    private let session: TestSession

    init() async throws {
        let add = ToolSet.Tool(
            ToolDefinition(name: "add", title: "Add", effect: .reads, summary: "Adds."),
            reading: { input in (input.read("a", "One.", in: 0...9), input.read("b", "Two.", in: 0...9, default: 1)) },
            answer: { numbers, _ in Answer("\(numbers.0 + numbers.1)") }
        )
        let name = ToolSet.Tool(
            ToolDefinition(name: "name", title: "Name", effect: .reads, summary: "Says who asked.")
        ) { context in Answer(context.clientName ?? "nobody") }
        let halve = ToolSet.Tool.immediate(
            ToolDefinition(name: "halve", title: "Halve", effect: .reads, summary: "Halves."),
            reading: { input in input.read("a", "Of what.", in: 0...9) },
            answer: { number, context in
                guard number != 9 else { throw RPCError.invalidParams("Not nine.") }
                guard number != 8 else { throw CancellationError() }
                guard number != 7 else { throw Odd() }
                return Answer("\(number / 2) for \(context.clientName ?? "nobody")")
            }
        )
        let resources = ResourceSet(
            [.init(Resource("test://one", name: "one", mimeType: "text/plain"), .text("1"))],
            templates: [
                .init(ResourceTemplate("test://number/{n}", name: "n"), known: ["n": ["one", "two", "twelve"]]) {
                    values,
                    _ in
                    values["n"] == "none" ? nil : .text(values["n"] ?? "")
                }
            ]
        )
        let greeting = PromptDefinition(
            name: "greet",
            title: "Greet",
            description: "Greets.",
            arguments: [.init("who", "Whom.", isRequired: true)]
        )
        let prompts = PromptSet([
            .init(greeting, known: ["who": ["Ada", "Grace", "Alan"]]) { arguments, _ in
                PromptAnswer("Hello, \(arguments["who"] ?? "")!")
            }
        ])
        session = TestSession(
            Server(
                info: ServerInfo(name: "closures", version: "1", instructions: ""),
                tools: ToolSet([add, name, halve]),
                resources: resources,
                prompts: prompts,
                log: .none
            )
        )
        try await session.open()
    }

    private struct Odd: Error {}

    private func half(of number: Int) async throws -> JSON? {
        try await session.request("tools/call", ["name": "halve", "arguments": ["a": .int(number)]])
    }

    @Test func `answers at once what waits for nothing, in the same words as any other tool`() async throws {
        let name = try await session.request("tools/call", ["name": "name"])["result"]?["content"]?[0]?["text"]?.string
        #expect(try await half(of: 6)?["result"]?["content"]?[0]?["text"]?.string == "3 for \(name ?? "")")
        let mistake = try await half(of: 10)?["result"]
        #expect(mistake?["isError"] == true)
        #expect(mistake?["content"]?[0]?["text"]?.string?.contains("`a`") == true)
        #expect(try await half(of: 9)?["error"]?["message"] == "Not nine.")
        #expect(try await half(of: 8)?["result"]?["isError"] == true)
        let broken = try await half(of: 7)?["result"]?["content"]?[0]?["text"]?.string
        #expect(broken?.hasPrefix("halve failed inside this server.") == true)
    }

    @Test func `lists its tools in order, with the schema that their reading yields`() async throws {
        let tools = try await session.request("tools/list")["result"]?["tools"]
        #expect(tools?[0]?["inputSchema"]?["required"] == ["a"])
        #expect(tools?[0]?["inputSchema"]?["properties"]?["b"]?["default"] == 1)
        #expect(tools?[1]?["name"] == "name")
        #expect(tools?[1]?["inputSchema"] == ["type": "object", "additionalProperties": false])
    }

    /// Rows: G108, G110.
    @Test func `calls a tool with what was read, or says all that is wrong`() async throws {
        #expect(try await session.call("add", ["a": 3, "b": 4])["content"]?[0]?["text"] == "7")
        #expect(try await session.call("name")["content"]?[0]?["text"] == "tests")
        let wrong = try await session.call("add", ["a": 30, "c": 1])
        #expect(wrong["isError"] == true)
        let text = wrong["content"]?[0]?["text"]?.string ?? ""
        #expect(text.contains("`a`") && text.contains("`c`"))
        let error = try await session.request("tools/call", ["name": "ad"])["error"]
        #expect(error?["code"] == -32602)
        #expect(error?["message"]?.string?.contains("`add`") == true)
    }

    @Test func `reads a resource by its URI and one of a family by its values`() async throws {
        func read(_ uri: String) async throws -> JSON {
            try await session.request("resources/read", ["uri": .string(uri)])
        }
        #expect(try await read("test://one")["result"]?["contents"]?[0]?["text"] == "1")
        #expect(try await read("test://number/a%20b")["result"]?["contents"]?[0]?["text"] == "a b")
        #expect(try await read("test://number/none")["error"]?["code"] == -32002)
        #expect(try await read("test://two")["error"]?["code"] == -32002)
    }

    @Test func `fills in its prompts and offers what it knows`() async throws {
        let prompt = try await session.request("prompts/get", ["name": "greet", "arguments": ["who": "Ada"]])
        #expect(prompt["result"]?["messages"]?[0]?["content"]?["text"] == "Hello, Ada!")
        let names = try await session.request(
            "completion/complete",
            ["ref": ["type": "ref/prompt", "name": "greet"], "argument": ["name": "who", "value": "a"]]
        )
        #expect(names["result"]?["completion"]?["values"] == ["Ada", "Alan", "Grace"])
        let numbers = try await session.request(
            "completion/complete",
            ["ref": ["type": "ref/resource", "uri": "test://number/{n}"], "argument": ["name": "n", "value": "tw"]]
        )
        #expect(numbers["result"]?["completion"]?["values"] == ["two", "twelve"])
    }
}
