import HTTP
import JSON
import Logging
import Testing

@testable import OvalEdge

@Suite struct `A reply that repeats a secret` {
    private static let secret = "abcdef-123/4567890"

    private func read(_ body: String) throws -> JSON {
        let redactor = Redactor()
        redactor.add(Secret(Self.secret))
        return try OvalEdgeAPI.json(in: HTTPResponse(.ok, text: body), to: "GET /x", redactor: redactor)
    }

    @Test(arguments: [
        #"{"data":{"a":[{"b":"x abcdef-123/4567890 y"}]}}"#, #"{"data":{"a":[{"b":"x abcdef-123\/4567890 y"}]}}"#,
        #"{"data":{"a":[{"b":"x \u0061bcdef-123\u002f4567890 y"}]}}"#,
    ])
    func `is read without it, however it is escaped`(body: String) throws {
        #expect(try read(body) == ["data": ["a": [["b": "x •••• y"]]]])
    }

    @Test func `is read without it where it is a name`() throws {
        #expect(try read(#"{"data":{"abcdef-123/4567890":1}}"#) == ["data": ["••••": 1]])
    }

    @Test(arguments: [#"{"data":{"a":["b","c"]}}"#, #"{"data":{"a":"\"quoted\" \/ and cut\n"}}"#])
    func `is else as it came`(body: String) throws { #expect(try read(body) == JSON(parsing: body)) }
}
