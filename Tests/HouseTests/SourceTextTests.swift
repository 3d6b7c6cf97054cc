import Testing

@Suite struct `What the rules see of a file` {
    @Test(arguments: [
        ("import JSON", "JSON"), ("package import JSON", "JSON"), ("@testable import JSON", "JSON"),
        ("  @preconcurrency private import JSON // why", "JSON"), ("import struct JSON.JSONNumber", "JSON"),
        ("public import func JSON.x", "JSON"),
    ])
    func `is every import`(line: String, module: String) {
        #expect(SourceText("a.swift", "\(line)\nlet a = 1").imports == [module])
    }

    @Test(arguments: [
        "// import JSON", "/// import JSON", "important(JSON)", "let a = \"import JSON\"", "imports JSON",
    ])
    func `is not an import`(line: String) {
        #expect(SourceText("a.swift", line).imports.isEmpty)
    }

    @Test(arguments: [
        (#"a("b // c") // d"#, #"a("") "#),
        (#"a("b \" c", d)"#, #"a("", d)"#),
        ("/// a", ""),
        ("a / b", "a / b"),
    ])
    func `is code without comments and quoted text`(line: String, code: String) {
        #expect(SourceText("a.swift", line).code == [code])
    }

    @Test func `is nothing between three quotes`() {
        let text = SourceText("a.swift", "a(\"\"\"\n  print(\"b\")\n  \"\"\")\nc(\"\"\"d\"\"\")\ne")
        #expect(text.code == ["a(", "", ")", "c(\"\"\"\"\"\")", "e"])
        #expect(text.places(of: /print/).isEmpty)
        #expect(text.places(of: /\be\b/) == ["a.swift:5"])
        #expect(text.placesInText(of: /print/) == ["a.swift:2"])
    }

    @Test(arguments: [("", 0), ("a", 1), ("a\n", 1), ("a\n\n", 2), ("a\nb", 2)])
    func `is as many lines as a person counts`(text: String, count: Int) {
        #expect(SourceText("a.swift", text).lineCount == count)
    }
}
