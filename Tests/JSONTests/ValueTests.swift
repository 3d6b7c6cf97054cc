import JSON
import Testing

@Suite struct `A JSON value` {
    private let value: JSON = [
        "text": "x", "yes": true, "count": 2, "half": 0.5, "none": .null, "list": [1, 2], "object": ["a": ["b": "c"]],
    ]

    @Test func `is looked into by name and place`() {
        #expect(value["text"]?.string == "x")
        #expect(value["yes"]?.bool == true)
        #expect(value["count"]?.int == 2)
        #expect(value["half"]?.double == 0.5)
        #expect(value["none"]?.isNull == true)
        #expect(value["list"]?[1] == 2)
        #expect(value["object"]?["a"]?["b"]?.string == "c")
    }

    @Test func `yields nothing where nothing of that kind is`() {
        #expect(value["absent"] == nil)
        #expect(value["text"]?["x"] == nil)
        #expect(value["text"]?[0] == nil)
        #expect(value["list"]?[2] == nil)
        #expect(value["list"]?[-1] == nil)
        #expect(value["count"]?.string == nil)
        #expect(value["text"]?.int == nil)
        #expect(value["half"]?.int == nil)
        #expect(value["yes"]?.double == nil)
        #expect(value["list"]?.object == nil)
        #expect(value["object"]?.array == nil)
        #expect(value["text"]?.isNull == false)
    }

    @Test func `is changed in place by name`() {
        var value: JSON = ["a": 1, "b": ["c": 2]]
        value["a"] = 3
        value["d"] = "new"
        value["b"]?["c"] = nil
        #expect(value.text == #"{"a":3,"b":{},"d":"new"}"#)
        value["absent"] = nil
        #expect(value["absent"] == nil)
        var list: JSON = [1]
        list["a"] = 1
        #expect(list == [1])
    }

    @Test func `loses every member of a name, and changes the one that is found`() throws {
        var twice = try JSON(parsing: #"{"a":1,"b":2,"a":3}"#)
        twice["a"] = 4
        #expect(twice.text == #"{"a":1,"b":2,"a":4}"#)
        #expect(twice["a"] == 4)
        twice["a"] = nil
        #expect(twice.text == #"{"b":2}"#)
    }

    @Test(arguments: [
        ("{}", false), (#"{"a":1,"b":{"a":1}}"#, false), (#"[{"a":1},{"a":1}]"#, false), (#"{"a":1,"a":1}"#, true),
        (#"[[{"b":{"a":1,"c":2,"\u0061":3}}]]"#, true), ("7", false),
    ])
    func `has names that occur twice, or not`(text: String, repeats: Bool) throws {
        #expect(try JSON(parsing: text).repeatsNames == repeats)
    }

    @Test func `is written without members that are absent`() {
        #expect(JSON.members(("a", 1), ("b", nil), ("c", .null)).text == #"{"a":1,"c":null}"#)
        #expect(JSON.strings(["a", "b"]) == ["a", "b"])
        #expect(JSON.int(3) == 3)
    }

    @Test(
        arguments: [
            ("2", 2, 2), ("-0", 0, 0), ("2.0", 2, 2), ("2e3", 2000, 2000), ("25e-1", nil, 2.5), ("2.5", nil, 2.5),
            ("1e400", nil, nil), ("-1e400", nil, nil), ("1e-400", 0, 0), ("9223372036854775807", .max, 0x1p63),
            ("-9223372036854775808", .min, -0x1p63), ("9223372036854775808", nil, 0x1p63),
            ("9007199254740993.0", nil, 0x1p53),
            ("9007199254740991.0", 9_007_199_254_740_991, 9_007_199_254_740_991),
        ] as [(String, Int?, Double?)]
    )
    func `counts as a number only what it can represent exactly`(text: String, int: Int?, double: Double?) throws {
        let value = try JSON(parsing: text)
        #expect(value.int == int)
        #expect(value.double == double)
    }

    @Test func `distinguishes numbers by their text`() throws {
        #expect(try JSON(parsing: "1.0") != JSON(parsing: "1"))
        #expect(try JSON(parsing: "1") == 1)
    }
}

@Suite struct `What a model needs of a value` {
    private let value: JSON = ["id": 7, "name": "x", "none": .null]

    @Test func `is there, or an error that names it`() throws {
        #expect(try value.required("id") == 7)
        #expect(try value.required("name", { $0.string }, "a text") == "x")
        #expect(throws: JSONMismatch(path: "absent", expected: "present", found: "missing")) {
            try value.required("absent")
        }
        #expect(throws: JSONMismatch(path: "none", expected: "present", found: "missing")) {
            try value.required("none")
        }
        let error = #expect(throws: JSONMismatch.self) { try value.required("name", { $0.int }, "a whole number") }
        #expect(error?.description == "`name` should be a whole number, but is a text")
        #expect(throws: JSONMismatch.self) { try JSON.array([]).required("id") }
    }

    @Test(
        arguments: [
            (.null, "null"), (true, "true or false"), (1, "a number"), ("", "a text"), ([], "a list"),
            ([:], "an object"),
        ] as [(JSON, String)]
    )
    func `is recognized by kind`(value: JSON, kind: String) {
        #expect(value.kind == kind)
    }
}
