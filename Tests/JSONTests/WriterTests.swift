import JSON
import Testing

@Suite struct `The JSON writer` {
    @Test(arguments: [
        "null", "true", "false", "0", "-1.50", "1e400", #""""#, "[]", "{}", "[[],{}]", #"{"b":1,"a":[1,"x",null]}"#,
        #""\"\\/\b\f\n\r\t\u0000\u001f""#, "\"ä€😀\u{7F}\u{2028}\"", #"{"a\"b":1}"#,
    ])
    func `gives back what was read`(text: String) throws {
        #expect(try JSON(parsing: text).text == text)
        #expect(try JSON(parsing: JSON(parsing: text).prettyText) == JSON(parsing: text))
    }

    /// Rows: G002.
    @Test func `escapes every control character, and nothing else but quotes and backslashes`() throws {
        for value in 0..<0x80 as Range<UInt8> {
            for before in ["", "1234567", "12345678"] {
                let text = before + String(Unicode.Scalar(value)) + "tail"
                let bytes = JSON.string(text).bytes
                let isEscaped = value < 0x20 || value == 0x22 || value == 0x5C
                #expect((bytes.count == text.utf8.count + 2) != isEscaped)
                #expect(bytes.allSatisfy { $0 >= 0x20 })
                #expect(try JSON(parsing: bytes).string == text)
            }
        }
    }

    @Test func `indents for people`() {
        let json: JSON = ["a": [1, [:], []], "b": ["c": .null]]
        #expect(
            json.prettyText == """
                {
                  "a": [
                    1,
                    {},
                    []
                  ],
                  "b": {
                    "c": null
                  }
                }
                """
        )
    }

    @Test(
        arguments: [
            (0, "0"), (1.5, "1.5"), (-2, "-2"), (1e15, "1000000000000000"), (1e16, "1e+16"),
            (123_456_789_012, "123456789012"),
            (.leastNonzeroMagnitude, "5e-324"),
            (0.1, "0.1"),
            (1e300, "1e+300"), (.infinity, "null"), (.nan, "null"), (-.infinity, "null"),
        ] as [(Double, String)]
    )
    func `writes what a Double holds`(value: Double, text: String) throws {
        #expect(JSON.double(value).text == text)
        if value.isFinite { #expect(try JSON(parsing: text).double == value) }
    }

    @Test func `puts pieces that are JSON already into one text`() {
        var writer = JSONWriter()
        writer.raw(#"{"id":"#)
        writer.write(7)
        writer.raw(#","name":"#)
        writer.write("a\"b")
        writer.raw(Array("}".utf8))
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #"{"id":7,"name":"a\"b"}"#)
    }
}
