import JSON
import Testing

@Suite struct `The JSON parser` {
    @Test(
        arguments: [
            ("null", .null), ("true", true), ("false", false), (" \t\r\n1 \t\r\n", 1), (#""""#, ""), ("[]", []),
            ("[ ]", []),
            ("{}", [:]), ("{ }", [:]), ("[1,[2],{}]", [1, [2], [:]]), (#"{"a":{"b":[null]}}"#, ["a": ["b": [.null]]]),
            (#" { "a" : 1 , "b" : [ 1 , 2 ] } "#, ["a": 1, "b": [1, 2]]), (#"{"":0}"#, ["": 0]),
        ] as [(String, JSON)]
    )
    func `reads every kind of value`(text: String, value: JSON) throws {
        #expect(try JSON(parsing: text) == value)
    }

    @Test(arguments: [
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0041\u00e4\u20AC""#, "Aä€"), (#""\u0000""#, "\u{0}"),
        (#""\ud83d\ude00""#, "😀"), (#""\uDBFF\uDFFF""#, "\u{10FFFF}"), (#""\uFFFF\uFFFE""#, "\u{FFFF}\u{FFFE}"),
        (#""a\\""#, "a\\"), (#""\\u0041""#, #"\u0041"#), ("\"ä€😀\"", "ä€😀"), ("\"\u{7F}\"", "\u{7F}"),
        (#""plain text, then \n and plain text again""#, "plain text, then \n and plain text again"),
        (#""ä\tä""#, "ä\tä"), (#""\u00e4ä""#, "ää"), ("\"\u{2028}\"", "\u{2028}"),
    ])
    func `reads escapes and plain text`(text: String, value: String) throws {
        let read = try JSON(parsing: text).string
        #expect(read.map { Array($0.utf8) } == Array(value.utf8))
    }

    @Test(arguments: [
        "0", "-0", "1", "-1", "10", "0.0", "1.0", "-1.50", "1e5", "1E5", "1e+5", "1e-5", "0e0", "1.5E+10", "1e400",
        "1E-400",
        "9223372036854775807", "9223372036854775808", "123456789012345678901234567890", "0.1234567890123456789",
    ])
    func `keeps the text of numbers`(text: String) throws {
        #expect(try JSON(parsing: text).text == text)
        #expect(try JSON(parsing: "[\(text)]").text == "[\(text)]")
    }

    @Test(arguments: [
        ("", "expected a value, found the end", 1, 1),
        ("  ", "expected a value, found the end", 1, 3),
        ("x", "expected a value, found `x`", 1, 1),
        ("\u{FEFF}1", "expected a value, found byte 0xef", 1, 1),
        ("nul", "expected a value, found `n`", 1, 1),
        ("nulL", "expected a value, found `n`", 1, 1),
        ("True", "expected a value, found `T`", 1, 1),
        ("nullx", "expected the end of the text, found `x`", 1, 5),
        ("1 2", "expected the end of the text, found `2`", 1, 3),
        ("{}\n}", "expected the end of the text, found `}`", 2, 1),
        ("NaN", "expected a value, found `N`", 1, 1),
        ("-Infinity", "expected a digit, found `I`", 1, 2),
        ("-", "expected a digit, found the end", 1, 2),
        ("+1", "expected a value, found `+`", 1, 1),
        (".5", "expected a value, found `.`", 1, 1),
        ("1.", "expected a digit, found the end", 1, 3),
        ("1.e5", "expected a digit, found `e`", 1, 3),
        ("1e", "expected a digit, found the end", 1, 3),
        ("1e+", "expected a digit, found the end", 1, 4),
        ("01", "expected the end of the text, found `1`", 1, 2),
        ("-01", "expected the end of the text, found `1`", 1, 3),
        ("0x1", "expected the end of the text, found `x`", 1, 2),
        ("1_0", "expected the end of the text, found `_`", 1, 2),
        ("[", "expected a value, found the end", 1, 2),
        ("[1", "expected `,` or `]`, found the end", 1, 3),
        ("[1,", "expected a value, found the end", 1, 4),
        ("[1,]", "expected a value, found `]`", 1, 4),
        ("[,1]", "expected a value, found `,`", 1, 2),
        ("[1 2]", "expected `,` or `]`, found `2`", 1, 4),
        ("[1}", "expected `,` or `]`, found `}`", 1, 3),
        ("{", "expected a member's name, found the end", 1, 2),
        ("{1:2}", "expected a member's name, found `1`", 1, 2),
        ("{a:1}", "expected a member's name, found `a`", 1, 2),
        ("{'a':1}", "expected a member's name, found `'`", 1, 2),
        (#"{"a"}"#, "expected `:`, found `}`", 1, 5),
        (#"{"a" 1}"#, "expected `:`, found `1`", 1, 6),
        (#"{"a":}"#, "expected a value, found `}`", 1, 6),
        (#"{"a":1,}"#, "expected a member's name, found `}`", 1, 8),
        (#"{"a":1 "b":2}"#, "expected `,` or `}`, found `\"`", 1, 8),
        ("[1, // one\n2]", "expected a value, found `/`", 1, 5),
        ("[1\u{C}]", "expected `,` or `]`, found byte 0xc", 1, 3),
        ("[1\u{0}]", "expected `,` or `]`, found byte 0x0", 1, 3),
        ("\u{0}", "expected a value, found byte 0x0", 1, 1),
        (#"""#, "expected `\"`, found the end", 1, 2),
        (#""abc"#, "expected `\"`, found the end", 1, 5),
        (#""abc\"#, "expected an escape, found the end", 1, 6),
        (#""a\x""#, "an unknown escape", 1, 3),
        ("\"a\\\u{0}\"", "an unknown escape", 1, 3),
        (#""\u12""#, "expected four hexadecimal digits, found `\"`", 1, 6),
        (#""\u12g4""#, "expected four hexadecimal digits, found `g`", 1, 6),
        (#""\u-123""#, "expected four hexadecimal digits, found `-`", 1, 4),
        ("\"a\nb\"", "a control character inside a text", 1, 3),
        ("\"a\u{0}\"", "a control character inside a text", 1, 3),
        ("\"\u{1F}\"", "a control character inside a text", 1, 2),
        ("{\n  \"a\": 1,\n  \"b\": x\n}", "expected a value, found `x`", 3, 8),
        ("[\r\n1,\r\n?]", "expected a value, found `?`", 3, 1),
    ])
    func `refuses what is not JSON, and says where`(text: String, problem: String, line: Int, column: Int) {
        let error = #expect(throws: JSONSyntaxError.self) { try JSON(parsing: text) }
        #expect(error?.description == "\(problem) at line \(line), column \(column)")
    }

    @Test(arguments: [
        (#""\ud83d""#, "\u{FFFD}"), (#""\ude00""#, "\u{FFFD}"), (#""ab\ud83dcd""#, "ab\u{FFFD}cd"),
        (#""\ud83d\n""#, "\u{FFFD}\n"), (#""\ud83d\ud83d""#, "\u{FFFD}\u{FFFD}"),
        (#""\ude00\ud83d""#, "\u{FFFD}\u{FFFD}"), (#""\ud83d\u0041""#, "\u{FFFD}A"),
        (#""\uD800\uE000""#, "\u{FFFD}\u{E000}"), (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"),
        (#""\ud83d\\ude00""#, "\u{FFFD}\\ude00"),
    ])
    func `reads half a surrogate pair as a replacement character`(text: String, value: String) throws {
        #expect(try JSON(parsing: text).string.map { Array($0.utf8) } == Array(value.utf8))
        #expect(try JSON(parsing: "{\(text):1}").object?.names == [value])
    }

    @Test(arguments: [#""\ud83d\u00""#, #""\ud83d\x""#, #""\ud83d"#, #""\ud83""#])
    func `refuses an escape that is not whole, behind half a pair too`(text: String) {
        #expect(throws: JSONSyntaxError.self) { try JSON(parsing: text) }
    }

    @Test(arguments: ["[1,2,3]", #"{"a":{"b":[]}}"#, "[[],{},null]"].map { Array($0.utf8) })
    func `counts values and takes no more than it may`(text: [UInt8]) throws {
        #expect(try JSON(parsing: text, within: JSON.Limits(values: 4)) == JSON(parsing: text))
        let count = text.first == UInt8(ascii: "{") ? 2 : 3
        let error = #expect(throws: JSONSyntaxError.self) {
            try JSON(parsing: text, within: JSON.Limits(values: count))
        }
        #expect(error?.problem == "more than \(count) values" && error?.isOverLimit == true)
    }

    @Test func `takes no more levels than it may`() throws {
        let limits = JSON.Limits(depth: 2)
        #expect(try JSON(parsing: Array("[[1]]".utf8), within: limits) == [[1]])
        let error = #expect(throws: JSONSyntaxError.self) { try JSON(parsing: Array("[[[1]]]".utf8), within: limits) }
        #expect(error?.problem == "more than 2 levels of nesting" && error?.isOverLimit == true)
        let broken = #expect(throws: JSONSyntaxError.self) { try JSON(parsing: Array("[[1}".utf8), within: limits) }
        #expect(broken?.isOverLimit == false)
    }

    /// Rows: G003.
    @Test(
        arguments: [
            [0xFF], [0x80], [0xC3], [0xC3, 0x28], [0xC0, 0x80], [0xE2, 0x82], [0xED, 0xA0, 0x80],
            [0xF4, 0x90, 0x80, 0x80],
            [0xF0, 0x80, 0x80, 0x80], [0xFE],
        ] as [[UInt8]]
    )
    func `refuses text that is not UTF-8`(bytes: [UInt8]) {
        let quote = UInt8(ascii: "\"")
        for before in ["", "12345678", #"\n"#, "\\u00e4"] {
            for after in ["", "12345678", #"\n"#] {
                let text = [0x5B, quote] + Array(before.utf8) + bytes + Array(after.utf8) + [quote, 0x5D]
                let error = #expect(throws: JSONSyntaxError.self) { try JSON(parsing: text) }
                #expect(error?.description == "a text that is not UTF-8 at line 1, column 2")
            }
        }
        #expect(throws: JSONSyntaxError.self) { try JSON(parsing: [quote] + bytes + [quote] + bytes) }
    }

    @Test(arguments: 0...17, [0x00, 0x1F, 0x20, 0x21, 0x22, 0x23, 0x5B, 0x5C, 0x5D, 0x7F] as [UInt8])
    func `finds the end of plain text wherever it is`(place: Int, byte: UInt8) throws {
        // The bytes around it are those that a careless comparison of eight at once would take for it.
        for around in [0x21, 0x23, 0x5D, 0x7F, 0x20] as [UInt8] {
            let text = [UInt8](repeating: around, count: place) + [byte] + [UInt8](repeating: around, count: 17 - place)
            let json = [0x22] + text + [0x22]
            if byte >= 0x20, byte != 0x22, byte != 0x5C {
                #expect(try JSON(parsing: json).string == String(decoding: text, as: UTF8.self))
            } else {
                #expect(throws: JSONSyntaxError.self) { try JSON(parsing: json) }
            }
        }
    }

    @Test(arguments: 0...17)
    func `checks plain text beyond ASCII wherever it is`(place: Int) throws {
        let before = [UInt8](repeating: 0x61, count: place)
        let after = [UInt8](repeating: 0x62, count: 17 - place)
        let good = before + [0xC3, 0xA4] + after
        #expect(try JSON(parsing: [0x22] + good + [0x22]).string == String(decoding: good, as: UTF8.self))
        #expect(throws: JSONSyntaxError.self) { try JSON(parsing: [0x22] + before + [0xC3] + after + [0x22]) }
    }

    /// Rows: G015.
    @Test(arguments: [("[", "]"), (#"{"a":"#, "}"), (#"[{"a":"#, "}]")])
    func `follows 512 levels and no more`(open: String, close: String) throws {
        let each = open.count { $0 == "[" || $0 == "{" }
        func nested(_ levels: Int) -> String {
            String(repeating: open, count: levels / each) + (levels % each == 0 ? "1" : "[1]")
                + String(repeating: close, count: levels / each)
        }
        #expect(throws: Never.self) { try JSON(parsing: nested(512)) }
        let error = #expect(throws: JSONSyntaxError.self) { try JSON(parsing: nested(513)) }
        #expect(error?.problem == "more than 512 levels of nesting")
        #expect(throws: JSONSyntaxError.self) { try JSON(parsing: String(repeating: open, count: 100_000)) }
    }

    @Test func `keeps the order of members, and names that occur twice`() throws {
        let json = try JSON(parsing: #"{"b":1,"a":2,"b":3}"#)
        #expect(json.object?.names == ["b", "a", "b"])
        #expect(json["b"] == 3)
        #expect(json.text == #"{"b":1,"a":2,"b":3}"#)
    }

    @Test func `says how many bytes before the problem`() {
        let error = #expect(throws: JSONSyntaxError.self) { try JSON(parsing: "{\n\"ä\": }") }
        #expect(error?.offset == 8)
        #expect(error?.line == 2)
        #expect(error?.column == 7)
    }

    @Test func `survives every text cut short and every byte changed`() throws {
        let whole = Array(
            #"{"id":-1.5e+7,"a":[true,null,"ä\u00e4\ud83d\ude00\n"],"b":{"c":"plain text of some length"}}"#.utf8
        )
        let value = try JSON(parsing: whole)
        for count in whole.indices {
            #expect(throws: JSONSyntaxError.self) { try JSON(parsing: Array(whole[..<count])) }
        }
        for index in whole.indices {
            for byte in [0x00, 0x22, 0x2C, 0x30, 0x5C, 0x5D, 0x7D, 0x80, 0xFF] as [UInt8] where whole[index] != byte {
                var changed = whole
                changed[index] = byte
                guard let other = try? JSON(parsing: changed) else { continue }
                #expect(other != value)
                #expect(try JSON(parsing: other.bytes) == other)
            }
        }
    }
}
