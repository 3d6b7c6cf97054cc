import JSON
import Testing

@testable import RESTFacade

private func fault(_ value: JSON, _ schema: JSON) -> String? {
    SchemaCheck.fault(in: value, by: schema).map { "\($0.path) \($0.what)" }
}

@Suite struct `arguments by a tool's schema` {
    @Test func `have the right kinds, and are all there`() {
        let schema: JSON = [
            "type": "object", "required": ["a"],
            "properties": ["a": ["type": "integer"], "b": ["type": ["string", "null"]], "c": ["enum": [1, "x"]]],
        ]
        #expect(fault(["a": 1, "b": nil as JSON? ?? .null, "c": 1.0], schema) == nil)
        #expect(fault(["b": "t"], schema) == "a is missing")
        #expect(fault(["a": 1.5], schema) == "a must be a whole number")
        #expect(fault(["a": 2, "b": 3], schema) == "b must be a text or null")
        #expect(fault(["a": 2, "c": "y"], schema) == #"c must be one of 1, "x""#)
        #expect(fault([1], schema) == " must be an object")
    }

    @Test func `have the right sizes`() {
        #expect(fault("ab", ["minLength": 3]) == " must have at least 3 characters")
        #expect(fault([1, 2, 1], ["uniqueItems": true]) == " has an item twice")
        #expect(fault([1, 2], ["maxItems": 1]) == " must have at most 1 items")
        #expect(fault(5, ["exclusiveMinimum": 5]) == " must be more than 5")
        #expect(fault(5, ["minimum": 5, "exclusiveMinimum": true]) == " must be more than 5")
        #expect(fault(0.3, ["multipleOf": 0.1]) == nil)
        #expect(fault(7, ["multipleOf": 2]) == " must be a multiple of 2")
        #expect(fault("long", ["maximum": 1]) == nil)
    }

    @Test func `have no members that the tool does not know, where it says so`() {
        let schema: JSON = ["properties": ["a": [:]], "additionalProperties": false]
        #expect(fault(["a": 1, "b": 2], schema) == "b is not an argument of this tool")
        let patterns: JSON = ["properties": [:], "patternProperties": ["^x": [:]], "additionalProperties": false]
        #expect(fault(["xy": 1], patterns) == nil)
    }

    @Test func `follow references and forms`() {
        let schema: JSON = [
            "properties": ["p": ["$ref": "#/$defs/P"]],
            "$defs": ["P": ["type": "object", "properties": ["in": ["$ref": "#/$defs/P"], "n": ["type": "number"]]]],
        ]
        #expect(fault(["p": ["in": ["in": ["n": "x"]]]], schema) == "p.in.in.n must be a number")
        let forms: JSON = ["anyOf": [["type": "string"], ["type": "array", "items": ["type": "integer"]]]]
        #expect(fault(["x"], forms) == "[0] must be a whole number")
        #expect(fault(true, forms) == " has none of the forms that it can have")
        #expect(
            fault(4, ["oneOf": [["type": "integer"], ["minimum": 3]]])
                == " fits more than one of the forms that it can have"
        )
        #expect(fault("a", ["not": ["type": "string"]]) == " has a form that is not allowed")
        #expect(fault(["k": 1], ["if": ["required": ["k"]], "then": ["required": ["v"]]]) == "v is missing")
        #expect(
            fault([1, "a"], ["prefixItems": [["type": "integer"]], "items": ["type": "integer"]])
                == "[1] must be a whole number"
        )
    }

    @Test func `are not judged by what is not understood`() {
        #expect(fault("abc", ["pattern": "^[0-9]+$"]) == nil)
        #expect(fault("abc", ["not": ["pattern": "^a"]]) == nil)
        #expect(fault("abc", ["anyOf": [["pattern": "^z"], ["type": "integer"]]]) == nil)
        #expect(fault("abc", ["oneOf": [["pattern": "^a"], ["type": "string"]]]) == nil)
        #expect(fault("abc", ["$ref": "https://elsewhere.example.com/schema"]) == nil)
        #expect(fault("abc", ["if": ["pattern": "^a"], "then": false]) == nil)
        #expect(fault("abc", "no schema") == nil)
    }

    @Test func `do not keep a thread, however a schema refers to itself`() {
        let branch: JSON = .array((0..<8).map { _ in ["$ref": "#"] })
        #expect(fault(1, ["allOf": branch]) == nil)
        #expect(fault(1, ["$ref": "#"]) == nil)
    }
}
