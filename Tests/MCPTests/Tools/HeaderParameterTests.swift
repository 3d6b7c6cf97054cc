import JSON
import Testing

@testable import MCP

@Suite struct `An argument that is repeated in a header field` {
    private func schema(_ properties: JSON) -> JSON { ["type": "object", "properties": properties] }

    @Test func `is named in the schema, at any depth of properties`() throws {
        let schema = schema([
            "region": ["type": "string", "x-mcp-header": "Region"], "plain": ["type": "number"],
            "deep": schema(["count": ["type": "integer", "x-mcp-header": "Count"]]),
            "dry": ["type": "boolean", "x-mcp-header": "Dry-Run"],
        ])
        #expect(
            HeaderParameter.all(in: schema) == [
                HeaderParameter(field: "Mcp-Param-Region", path: ["region"]),
                HeaderParameter(field: "Mcp-Param-Count", path: ["deep", "count"]),
                HeaderParameter(field: "Mcp-Param-Dry-Run", path: ["dry"]),
            ]
        )
        #expect(HeaderParameter.all(in: ["type": "object"]) == [])
    }

    @Test(
        arguments: [
            ["type": "string", "x-mcp-header": ""], ["type": "string", "x-mcp-header": "a b"],
            ["type": "string", "x-mcp-header": "a:b"], ["type": "string", "x-mcp-header": "é"],
            ["type": "string", "x-mcp-header": "a\n"], ["type": "string", "x-mcp-header": 7],
            ["type": "number", "x-mcp-header": "A"], ["type": "object", "x-mcp-header": "A"], ["x-mcp-header": "A"],
            ["type": ["string", "null"], "x-mcp-header": "A"],
            ["type": "array", "items": ["type": "string", "x-mcp-header": "A"]],
            ["anyOf": [["type": "string", "x-mcp-header": "A"]]],
            ["type": "object", "additionalProperties": ["type": "string", "x-mcp-header": "A"]],
            ["if": ["properties": ["b": ["type": "string", "x-mcp-header": "A"]]]],
        ] as [JSON]
    )
    func `is not taken where clients would drop the tool`(property: JSON) {
        #expect(HeaderParameter.all(in: schema(["a": property])) == nil)
    }

    @Test func `is not taken where its definition or the whole schema is annotated`() {
        let definition: JSON = ["$defs": ["a": ["type": "string", "x-mcp-header": "A"]]]
        #expect(HeaderParameter.all(in: definition) == nil)
        #expect(HeaderParameter.all(in: ["type": "string", "x-mcp-header": "A"]) == nil)
    }

    @Test func `has a field of its own, in any case`() {
        let twice = schema([
            "a": ["type": "string", "x-mcp-header": "Region"], "b": ["type": "string", "x-mcp-header": "REGION"],
        ])
        #expect(HeaderParameter.all(in: twice) == nil)
    }

    @Test func `may have the annotation's name, and a value that looks like it`() {
        let example: JSON = ["type": "object", "default": ["x-mcp-header": "A"], "examples": [["x-mcp-header": "A"]]]
        #expect(HeaderParameter.all(in: schema(["x-mcp-header": ["type": "string"], "a": example])) == [])
    }

    @Test(
        arguments: [
            ("42", 42, true), ("42.0", 42, true), ("4.2e1", 42, true), ("42", "42", true), ("42.0", "42", false),
            ("43", 42, false), ("042", 42, false), ("0x2A", 42, false), ("forty-two", 42, false), ("", 42, false),
            ("true", true, true), ("True", true, false), ("1", true, false), ("false", false, true), ("-0", 0, true),
            ("\u{212A}", "K", false), ("9007199254740993", 9_007_199_254_740_993, true),
            ("9007199254740992", 9_007_199_254_740_993, false), ("null", .null, false),
        ] as [(String, JSON, Bool)]
    )
    func `is the same as a number, or byte for byte`(text: String, value: JSON, isSame: Bool) {
        #expect(HeaderParameter.isSame(text, value) == isSame)
    }

    @Test func `is a whole number in whichever way the arguments write it`() throws {
        #expect(HeaderParameter.isSame("42", try JSON(parsing: "42.0")))
        #expect(HeaderParameter.isSame("42.0", try JSON(parsing: "42.0")))
    }
}
