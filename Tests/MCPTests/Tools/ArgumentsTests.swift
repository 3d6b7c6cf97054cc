import JSON
import Testing

@testable import MCP

private enum Kind: String, ArgumentChoice { case table, column, dq_index = "dq_index" }

private struct Engine: ArgumentName {
    static let known = (0..<40).map { "engine\($0)" } + ["Athena", "snowflake"]
    static let placeholder = Engine(known: "snowflake")
    let name: String
    init(known name: String) { self.name = name }
}

private struct Order: ArgumentGroup {
    static let example = #"{"field": "name"}"#
    let field: Kind
    let places: [String]?
    let old: String?

    init(_ input: inout Arguments) {
        field = input.read("field")
        places = input.read("places")
        old = input.readUnlisted("formerName")
    }
}

private struct Call {
    let words: String
    let kinds: [Kind]
    let count: Int
    let depth: Int?
    let deep: Bool
    let engine: Engine?
    let order: Order?
    let extra: JSONObject?
    let ratio: Double?

    init(_ input: inout Arguments) {
        words = input.read("words", "What to look for.")
        kinds = input.read("kinds", "Only these.", default: [])
        count = input.read("count", "How many.", in: 1...100, default: 20)
        depth = input.read("depth", "How deep.", in: 0...Int.max)
        deep = input.read("deep", "Whether deep.", default: false)
        engine = input.read("engine", "Which engine.")
        order = input.read("order_by", "In which order.")
        extra = input.read("extra", "Anything.")
        ratio = input.read("ratio", "A share.")
    }
}

private func read(_ text: String) throws -> (call: Call, mistakes: [String]) {
    var input = Arguments(try #require(try JSON(parsing: text).object), of: "search")
    let call = Call(&input)
    return (call, input.mistakes)
}

@Suite struct `The argument reader` {
    @Test func `knows which arguments are mistaken, whatever is said of them`() throws {
        let given: JSON = ["count": "many", "order_by": ["field": "row"], "deep": true]
        var input = Arguments(try #require(given.object), of: "search")
        _ = Call(&input)
        input.note("deep", "must not go with `words`.")
        input.note("`depth` and `deep` exclude each other.")
        let names = ["words", "kinds", "count", "depth", "deep", "order_by", "ratio"]
        #expect(names.filter { input.isMistaken($0) } == ["words", "count", "deep", "order_by"])
    }

    /// Rows: G110, G122.
    @Test(arguments: [
        (
            #"{"wrods":"x","count":500,"kinds":["tabel"]}"#,
            [
                "`words` is missing: What to look for.",
                "`kinds[0]` cannot be `tabel`; did you mean `table`? It is one of table, column, dq_index.",
                "`count` must be between 1 and 100; it was 500.",
                "`wrods` is not an argument of search; did you mean `words`?",
            ]
        ),
        (#"{"words":"  "}"#, ["`words` is missing: What to look for."]),
        (#"{"words":null}"#, ["`words` is missing: What to look for."]),
        (#"{"words":{}}"#, ["`words` must be text; it was {}."]),
        (#"{"words":"x","depth":-1}"#, ["`depth` must be at least 0; it was -1."]),
        (#"{"words":"x","depth":2.5}"#, ["`depth` must be a whole number; it was 2.5."]),
        (#"{"words":"x","depth":"many"}"#, [#"`depth` must be a whole number; it was "many"."#]),
        (#"{"words":"x","depth":1e400}"#, ["`depth` must be a whole number; it was 1e400."]),
        (#"{"words":"x","ratio":1e400}"#, ["`ratio` must be a number; it was 1e400."]),
        (#"{"words":"x","deep":"perhaps"}"#, [#"`deep` must be true or false; it was "perhaps"."#]),
        (#"{"words":"x","deep":1}"#, ["`deep` must be true or false; it was 1."]),
        (#"{"words":"x","kinds":"report"}"#, ["`kinds` cannot be `report`. It is one of table, column, dq_index."]),
        (#"{"words":"x","engine":"snowflak"}"#, ["`engine` cannot be `snowflak`; did you mean `snowflake`?"]),
        (
            #"{"words":"x","engine":"zzzz"}"#,
            [
                "`engine` cannot be `zzzz`, and nothing like it is known. For example: "
                    + (0..<12).map { "engine\($0)" }.joined(separator: ", ") + "."
            ]
        ),
        (
            #"{"words":"x","order_by":"name"}"#,
            [#"`order_by` must be an object such as {"field": "name"}; it was "name"."#]
        ),
        (#"{"words":"x","order_by":{"places":["a"]}}"#, ["`order_by.field` is missing."]),
        (
            #"{"words":"x","order_by":{"field":"tables","plaecs":"a"}}"#,
            [
                "`order_by.field` cannot be `tables`; did you mean `table`? It is one of table, column, dq_index.",
                "`order_by.plaecs` is not an argument of `order_by`; did you mean `places`?",
            ]
        ),
        (#"{"words":"x","extra":[1]}"#, ["`extra` must be an object; it was [1]."]),
        (#"{"words":"x","extra":"{broken"}"#, [#"`extra` must be an object; it was "{broken"."#]),
        (
            #"{"words":"x","zzz":1}"#,
            [
                "`zzz` is not an argument of search; it takes words, kinds, count, depth, deep, engine, order_by, extra, ratio."
            ]
        ),
        (#"{"words":"x","WORDS":"y"}"#, ["`WORDS` is not an argument of search; did you mean `words`?"]),
    ])
    func `reports every mistake at once, with the nearest name`(text: String, expected: [String]) throws {
        #expect(try read(text).mistakes == expected)
    }

    @Test func `keeps a long or many-lined wrong value to a few characters`() throws {
        let long = String(repeating: "a`\u{FE0F}b\\n", count: 100)
        let mistakes = try read(#"{"words":"x","kinds":"\#(long)"}"#).mistakes
        #expect(mistakes.count == 1)
        #expect(mistakes.allSatisfy { $0.count < 200 && !$0.contains("\n") })
        // A backtick with a mark behind it is one character, and would end what is quoted.
        #expect(mistakes.allSatisfy { !$0.unicodeScalars.contains("\u{FE0F}") })
    }

    @Test func `takes numbers, truths, lists and objects as text`() throws {
        let (call, mistakes) = try read(
            """
            {"words": 2024, "kinds": "[\\"table\\", \\"column\\"]", "count": "20.0", "depth": 3.0, "deep": "True",
             "engine": "athena", "order_by": "{\\"field\\": \\"dqIndex\\", \\"places\\": \\"a, b\\"}", "ratio": "0.5"}
            """
        )
        #expect(mistakes == [])
        #expect(call.words == "2024")
        #expect(call.kinds == [.table, .column])
        #expect(call.count == 20)
        #expect(call.depth == 3)
        #expect(call.deep)
        #expect(call.engine?.name == "Athena")
        #expect(call.order?.field == .dq_index)
        #expect(call.order?.places == ["a", "b"])
        #expect(call.ratio == 0.5)
    }

    @Test(arguments: [
        #""table""#, #"["table"]"#, #"["table", null, " "]"#, #"" table ""#, #""['table']""#, #""[\"table\"]""#,
    ])
    func `takes one value for a list of one`(kinds: String) throws {
        let (call, mistakes) = try read(#"{"words":"x","kinds":\#(kinds)}"#)
        #expect(mistakes == [])
        #expect(call.kinds == [.table])
    }

    @Test func `takes blank for absent everywhere`() throws {
        let (call, mistakes) = try read(
            """
            {"words": "x", "kinds": [], "count": "", "depth": " ", "deep": "", "engine": "", "order_by": {}, "extra": "",
             "ratio": null}
            """
        )
        #expect(mistakes == [])
        #expect(call.kinds == [] && call.count == 20 && call.depth == nil && !call.deep)
        #expect(call.engine == nil && call.order == nil && call.extra == nil && call.ratio == nil)
    }

    @Test func `takes the word null for absent where no text is wanted`() throws {
        let (call, mistakes) = try read(
            #"{"words":"null","count":"null","depth":" null ","deep":"null","order_by":"null","extra":"null","ratio":"null"}"#
        )
        #expect(mistakes == [])
        #expect(call.words == "null")
        #expect(call.count == 20 && call.depth == nil && !call.deep)
        #expect(call.order == nil && call.extra == nil && call.ratio == nil)
        #expect(try read(#"{"words":"x","kinds":"null"}"#).call.kinds == [])
    }

    @Test func `reports twenty mistakes of one kind, and how many more there are`() throws {
        let unknown = (1...900).map { #""zzz\#($0)":1"# }.joined(separator: ",")
        let mistakes = try read(#"{"words":"x",\#(unknown)}"#).mistakes
        #expect(mistakes.count == 21)
        #expect(mistakes.last == "880 more are not arguments of search either.")
        let wrong = Array(repeating: #""zzz""#, count: 5_000).joined(separator: ",")
        #expect(try read(#"{"words":"x","kinds":[\#(wrong)]}"#).mistakes.count == 20)
    }

    @Test func `reads no object of a thousand members, and no list of ten thousand items`() throws {
        let members = (1...1001).map { #""a\#($0)":1"# }.joined(separator: ",")
        #expect(
            try read(#"{"words":"x",\#(members)}"#).mistakes == [
                "search was given 1002 arguments, and at most 1000 are read. Send only those it lists."
            ]
        )
        #expect(
            try read(#"{"words":"x","order_by":{\#(members)}}"#).mistakes == [
                "`order_by` was given 1001 arguments, and at most 1000 are read. Send only those it lists."
            ]
        )
        for kinds in [
            "[" + Array(repeating: "1", count: 10_001).joined(separator: ",") + "]",
            "\"" + String(repeating: "table,", count: 1_000_000) + "\"",
        ] {
            let mistakes = try read(#"{"words":"x","kinds":\#(kinds)}"#).mistakes
            #expect(mistakes == ["`kinds` may have at most 10000 items; it has more."])
        }
    }

    @Test func `makes no more of a text than of a message`() throws {
        let nested = "[" + Array(repeating: "[0]", count: 200_000).joined(separator: ",") + "]"
        #expect(JSON.string(nested).unquoted == .string(nested))
        #expect(try read(#"{"words":"x","count":"\#(nested)"}"#).mistakes.count == 1)
    }

    @Test func `takes a name spelled another way for the one it can only mean`() throws {
        let (call, mistakes) = try read(#"{"Words":"x","orderBy":{"Field":"table","formername":"y"}}"#)
        #expect(mistakes == [])
        #expect(call.words == "x")
        #expect(call.order?.old == "y")
    }

    @Test func `adds what only shows between arguments, but not while describing`() {
        var input = Arguments(JSONObject(), of: "search")
        input.note("Either this or that.")
        #expect(input.mistakes == ["Either this or that."])
        var dry = Arguments.describing
        dry.note("Either this or that.")
        #expect(dry.mistakes == [])
    }

    @Test func `describes what it reads in a plain schema`() throws {
        var input = Arguments.describing
        _ = Call(&input)
        let expected = try JSON(
            parsing: """
                {"type":"object","properties":{
                 "words":{"type":"string","description":"What to look for."},
                 "kinds":{"type":"array","items":{"type":"string","enum":["table","column","dq_index"]},
                          "description":"Only these."},
                 "count":{"type":"integer","minimum":1,"maximum":100,"description":"How many.","default":20},
                 "depth":{"type":"integer","minimum":0,"description":"How deep."},
                 "deep":{"type":"boolean","description":"Whether deep.","default":false},
                 "engine":{"type":"string","description":"Which engine."},
                 "order_by":{"type":"object","properties":{
                     "field":{"type":"string","enum":["table","column","dq_index"]},
                     "places":{"type":"array","items":{"type":"string"}}},
                   "required":["field"],"description":"In which order."},
                 "extra":{"type":"object","description":"Anything."},
                 "ratio":{"type":"number","description":"A share."}},
                 "required":["words"],"additionalProperties":false}
                """
        )
        #expect(input.schema == expected)
        #expect(Arguments.describing.schema == ["type": "object", "additionalProperties": false])
    }
}
