import JSON
import Testing

@testable import RESTFacade

private func document(_ tools: [JSON]) -> OpenAPIDocument {
    OpenAPIDocument(title: "t", version: "1", description: "d", server: "/api/x", parts: [.init(tools: tools)])
}

@Suite struct `the OpenAPI document` {
    private let tool: JSON = [
        "name": "find", "description": "Finds.", "annotations": ["readOnlyHint": true],
        "inputSchema": [
            "type": "object", "required": ["q"],
            "properties": [
                "q": ["type": "string", "default": "a"], "_x": ["anyOf": [["type": "string"], ["type": "null"]]],
                "p": ["$ref": "#/$defs/P"], "again": ["$ref": "#/properties/q"], "far": ["$ref": "https://x.example/y"],
            ],
            "$defs": [
                "P": ["type": "object", "properties": ["in": ["$ref": "#/$defs/P"]], "additionalProperties": false]
            ],
        ],
    ]

    @Test func `has an operation for each tool, named as it is`() {
        let json = document([tool]).document(in: .newer)
        let operation = json["paths"]?["/tools/find"]?["post"]
        #expect(operation?["operationId"] == "find")
        #expect(operation?["summary"] == "find")
        #expect(operation?["description"] == "Finds.")
        #expect(operation?["x-mcp-annotations"] == ["readOnlyHint": true])
        #expect(operation?["deprecated"] == nil)
        #expect(json["servers"] == [["url": "/api/x"]])
    }

    @Test func `copies schemas, with definitions among the components`() {
        let schemas = document([tool]).document(in: .newer)["components"]?["schemas"]
        let input = schemas?["find.input"]
        #expect(input?["$defs"] == nil)
        #expect(input?["properties"]?["_x"] == ["anyOf": [["type": "string"], ["type": "null"]]])
        #expect(input?["properties"]?["p"] == ["$ref": "#/components/schemas/find.input.P"])
        #expect(input?["properties"]?["again"] == ["$ref": "#/components/schemas/find.input/properties/q"])
        #expect(input?["properties"]?["far"] == [:])
        #expect(schemas?["find.input.P"]?["properties"]?["in"] == ["$ref": "#/components/schemas/find.input.P"])
        #expect(schemas?["find.input.P"]?["additionalProperties"] == false)
    }

    @Test func `takes time in proportion to the definitions of a schema`() throws {
        func time(_ count: Int) -> Duration {
            let all = (0..<count).map { number -> JSONObject.Member in
                .init("D\(number)", ["properties": ["n": ["$ref": .string("#/$defs/D\((number + 1) % count)")]]])
            }
            let tool: JSON = ["name": "find", "inputSchema": ["type": "object", "$defs": .object(JSONObject(all))]]
            return ContinuousClock().measure { _ = document([tool]).document(in: .newer) }
        }
        _ = time(100)
        let (few, many) = ((0..<3).map { _ in time(1000) }.min()!, (0..<3).map { _ in time(8000) }.min()!)
        #expect(many < few * 24, "\(few), \(many)")
    }

    @Test func `names operations once, and with what tools for it take`() {
        let long = String(repeating: "n", count: 80)
        let names = ["a/b", "a:b", "a_b", long, "bridge_health"].map { name -> JSON in ["name": .string(name)] }
        let paths = document(names).document(in: .newer)["paths"]?.object?.members ?? []
        let ids = paths.flatMap { $0.value.object?.members ?? [] }.compactMap { $0.value["operationId"]?.string }
        #expect(Set(ids).count == ids.count)
        #expect(ids.allSatisfy { $0.utf8.count <= 64 && $0.utf8.allSatisfy { byte in byte != 0x2F && byte != 0x3A } })
        #expect(ids.contains("a_b"))
        #expect(paths.contains { $0.name == "/tools/a%2Fb" })
    }

    @Test func `says in 3.0 what that can say`() {
        let older = OlderSchema.of([
            "type": ["string", "null"], "const": "x", "exclusiveMinimum": 3, "minimum": 1, "examples": ["e"],
            "$comment": "c", "required": [], "propertyNames": [:], "description": "d",
        ])
        #expect(
            older == [
                "nullable": true, "type": "string", "enum": ["x"], "minimum": 3, "example": "e", "description": "d",
                "exclusiveMinimum": true,
            ] || older["minimum"] == 3 && older["exclusiveMinimum"] == true && older["nullable"] == true
        )
        #expect(older["$comment"] == nil && older["required"] == nil && older["const"] == nil)
        #expect(
            OlderSchema.of(["anyOf": [["type": "integer"], ["type": "null"]]]) == [
                "nullable": true, "anyOf": [["type": "integer"]],
            ]
        )
        #expect(
            OlderSchema.of(["type": ["integer", "string"]]) == ["anyOf": [["type": "integer"], ["type": "string"]]]
        )
        #expect(
            OlderSchema.of(["$ref": "#/a", "description": "d"]) == ["description": "d", "allOf": [["$ref": "#/a"]]]
        )
        #expect(OlderSchema.of(["type": "array"]) == ["type": "array", "items": [:]])
        #expect(OlderSchema.of(false) == ["not": [:]])
    }

    @Test func `has a page without a script, in which nothing of the server's is markup`() {
        let page = DocsPage(document([["name": "x", "description": "<script>alert(1)</script>\u{0338}<\u{0338}b>"]]))
            .html
        #expect(!page.contains("<script"))
        #expect(!page.unicodeScalars.split(separator: "<").contains { $0.first == "\u{0338}" })
        #expect(page.contains("&lt;script&gt;"))
    }
}
