import HTTP
import JSON
import MCP
import OvalEdgeTools
import TestSupport
import Testing
import Text
import Writes
import docs_writer

/// A tool as an argument of a test, shown by its name.
struct Listed: CustomTestStringConvertible, Sendable {
    let tool: any Tool.Type

    static let all = Registry.tools.map { Listed(tool: $0) }
    var definition: ToolDefinition { tool.definition }
    var testDescription: String { definition.name }
    /// A call that the sandbox can answer.
    var example: JSON? { ToolName(rawValue: definition.name)?.example }
}

@Suite struct `Every tool` {
    /// Rows: G106.
    @Test(arguments: Listed.all)
    func `is named as its type`(_ listed: Listed) {
        #expect(Suggestion.folded(listed.definition.name) == "\(listed.tool)".lowercased())
        let isPlain = listed.definition.name.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        }
        #expect(isPlain)
        #expect(listed.definition.name.count <= 40)
        #expect(ToolName(rawValue: listed.definition.name) != nil, "It needs a case in ToolName.swift.")
    }

    /// Rows: G107.
    @Test(arguments: Listed.all)
    func `says in one short sentence what it is for`(_ listed: Listed) {
        let definition = listed.definition
        #expect(definition.summary.hasSuffix("."))
        #expect(!definition.summary.dropLast().contains(". "))
        #expect(definition.summary.count <= 160)
        #expect(!definition.title.isEmpty && definition.title.count <= 40)
        #expect(definition.description.count < 1200)
    }

    @Test(arguments: Listed.all)
    func `describes every argument`(_ listed: Listed) {
        for member in listed.tool.inputSchema["properties"]?.object?.members ?? [] {
            #expect(member.value["description"]?.string?.hasSuffix(".") == true, "\(member.name)")
        }
    }

    /// Rows: G104.
    @Test(arguments: Listed.all)
    func `has a plain schema`(_ listed: Listed) {
        let words: Set = [
            "type", "properties", "required", "additionalProperties", "description", "enum", "items", "default",
            "minimum", "maximum",
        ]
        for (path, schema) in subschemas(of: listed.tool.inputSchema) {
            let names = schema.object?.names ?? []
            #expect(names.filter { !words.contains($0) } == [], "\(path)")
            #expect(schema["type"]?.string != nil, "\(path)")
            #expect((schema["type"] == "array") == (schema["items"] != nil), "\(path)")
        }
        #expect(listed.tool.inputSchema["type"] == "object")
        #expect(listed.tool.inputSchema["additionalProperties"] == false)
        #expect(listed.tool.outputSchema["type"] == "object")
        // Some models refuse a list that does not say of what.
        for (path, schema) in subschemas(of: listed.tool.outputSchema) where schema["type"] == "array" {
            #expect(schema["items"]?.object != nil, "\(path)")
        }
    }

    @Test(arguments: Listed.all)
    func `reads each of its properties under its own name`(_ listed: Listed) {
        var input = Arguments.describing
        let call = listed.tool.init(&input)
        let labels = properties(of: call).map { Suggestion.folded($0) }
        #expect(
            labels == input.names.map { Suggestion.folded($0) },
            "One stored property for each argument, of its name and in the order of reading."
        )
        #expect(Set(labels).count == labels.count)
    }

    /// A group such as a page counts by its own properties.
    private func properties(of call: Any) -> [String] {
        Mirror(reflecting: call).children.flatMap { child -> [String] in
            switch child.value {
            case let page as Page: Array(properties(of: page).prefix(2))
            case is WriteReason, is Agreement: properties(of: child.value)
            default: [child.label ?? ""]
            }
        }
    }

    @Test(arguments: Listed.all)
    func `sends nothing when a required argument is missing`(_ listed: Listed) async throws {
        let required = listed.tool.inputSchema["required"]?.array ?? []
        guard !required.isEmpty else { return }
        let answer = try await TestCatalog(AnsweringHTTP { _ throws(HTTPFailure) in throw .cancelled })
            .call(listed.definition.name)
        #expect(answer.isFailure)
        for name in required { #expect(answer.text.contains("`\(name.string ?? "")` is missing")) }
    }

    /// Rows: G115.
    @Test(arguments: Listed.all)
    func `is answered by the sandbox as its output schema says`(_ listed: Listed) async throws {
        let arguments = try #require(listed.example)
        #expect(differences(arguments, from: listed.tool.inputSchema) == [])
        let answer = try await TestCatalog().call(listed.definition.name, arguments)
        #expect(!answer.isFailure)
        #expect(answer.text.count > 100, "An example shows what the tool can do: take an asset of which more is known.")
        let structured = try #require(answer.structured)
        #expect(differences(structured, from: listed.tool.outputSchema) == [])
    }

    /// Rows: G112.
    @Test(
        arguments: Listed.all,
        [
            #"{"ok":false,"message":"The catalog is being moved."}"#,
            #"{"error":"The catalog is being moved.","status_code":400}"#,
        ]
    )
    func `turns a refusal into a failure with its message`(_ listed: Listed, reply: String) async throws {
        let arguments = try #require(listed.example)
        let catalog = TestCatalog(answering: .ok, reply)
        let answer = try await catalog.call(listed.definition.name, arguments)
        #expect(answer.isFailure && answer.structured == nil)
        #expect(answer.text.contains("“The catalog is being moved”."))
    }

    /// Rows: G112.
    @Test(arguments: Listed.all, [403, 500, 502, 504])
    func `turns a status of OvalEdge into a failure that names it`(_ listed: Listed, status: Int) async throws {
        let arguments = try #require(listed.example)
        let words = #"{"message":"No, not today."}"#
        let answer = try await TestCatalog(answering: HTTPStatus(rawValue: status), words)
            .call(listed.definition.name, arguments)
        #expect(answer.isFailure && answer.structured == nil)
        #expect(answer.text.contains("No, not today"), "\(answer.text)")
        #expect(status < 500 || answer.text.contains("\(status)"), "\(answer.text)")
    }

    @Test(arguments: Listed.all)
    func `keeps its schema`(_ listed: Listed) throws {
        let schema: JSON = [
            "description": .string(listed.definition.description),
            "inputSchema": listed.tool.inputSchema,
            "outputSchema": listed.tool.outputSchema,
        ]
        try expectSnapshot("\(listed.definition.name).schema.json", of: schema.prettyText, levels: 0)
    }

    /// Rows: G106.
    @Test func `is listed once, in reading order`() {
        let listings = TestCatalog().tools
        #expect(listings.map { $0.definition.name } == Listed.all.map { $0.definition.name })
        #expect(Set(listings.map { $0.definition.name }).count == listings.count)
    }

    /// What a client gives its model before anything is asked; `docs-writer cost` shows it tool by tool.
    @Test func `together cost little to list`() {
        let reading = ListCost(allowing: [])
        #expect(reading.total < 9000)
        #expect(ListCost(allowing: Set(WriteFamily.allCases)).total < 19_000)
        #expect(reading.rows.filter { $0.tokens != nil }.count < Listed.all.count)
    }
}
