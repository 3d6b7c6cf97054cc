import JSON
import MCP
import TestSupport
import Testing

@Suite struct `A form` {
    private let form = Form(
        "Tell.",
        [
            Field("name", .text(length: 1...80, default: "Ann"), title: "Name", isRequired: true),
            Field("mail", .text(format: .email)),
            Field("age", .integer(0...150, default: 30)),
            Field("score", .number(default: 95.5)),
            Field("ready", .flag(default: true)),
            Field("plain", .choice([.init("a"), .init("b")], default: "a")),
            Field("titled", .choice([.init("a", title: "First"), .init("b", title: "Second")], default: "b")),
            Field("parallel", .choice([.init("a", title: "First")], titles: .parallel)),
            Field("several", .choices([.init("a"), .init("b")], default: ["a"])),
            Field("titles", .choices([.init("a", title: "First")]), description: "Which."),
        ]
    )

    // Rows: G208
    @Test(arguments: [Revision.june2025, .november2025, .july2026])
    func `is described as its revision knows it`(revision: Revision) throws {
        try expectSnapshot("form-\(revision.rawValue).json", of: form.params(for: revision).prettyText, levels: 0)
    }

    @Test(arguments: [
        (#"{"name":"x","age":30.0,"score":1}"#, #"{"name":"x","age":30,"score":1}"#),
        (#"{"name":"x","several":["a","b"],"more":1}"#, #"{"name":"x","several":["a","b"]}"#),
        (#"{"name":"x","several":"a, b"}"#, #"{"name":"x","several":["a","b"]}"#),
        (#"{"name":"x","mail":null}"#, #"{"name":"x"}"#),
    ])
    func `gives the fields that were filled in`(content: String, values: String) throws {
        #expect(try form.read(JSON(parsing: content)).get() == JSON(parsing: values).object)
    }

    @Test(arguments: [
        "[]", "null", "{}", #"{"name":""}"#, #"{"name":5}"#, #"{"name":"x","age":151}"#, #"{"name":"x","age":1.5}"#,
        #"{"name":"x","ready":"yes"}"#, #"{"name":"x","plain":"c"}"#, #"{"name":"x","several":["c"]}"#,
        #"{"name":"x","several":7}"#,
        // Seven code points make one family; the schema counts the former.
        #"{"name":"👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦"}"#,
    ])
    func `is not filled in with anything else`(content: String) throws {
        #expect(throws: Form.Unfit.self) { try form.read(JSON(parsing: content)).get() }
    }
}
