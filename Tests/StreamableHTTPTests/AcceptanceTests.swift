import HTTP
import Testing

@testable import StreamableHTTP

@Suite struct `What a client accepts` {
    @Test(arguments: [
        (nil, 1000, 1000), ("*/*", 1000, 1000), ("application/json, text/event-stream", 1000, 1000),
        ("application/json", 1000, 0), ("text/event-stream", 0, 1000), ("text/html", 0, 0), ("", 0, 0),
        ("Application/JSON", 1000, 0), ("application/json;charset=utf-8", 1000, 0),
        ("application/*", 1000, 0), ("text/*", 0, 1000), ("text/event-stream;q=0.5, application/json", 1000, 500),
        ("application/json;q=0", 0, 0), ("application/json;q=0, */*", 0, 1000), ("*/*;q=0.1, text/*;q=0.25", 100, 250),
        ("*/*;q=0.000, application/json;q=1.000", 1000, 0), (" text/event-stream ; Q=0.125 ", 0, 125),
        ("json", 0, 0), ("application/json/x", 0, 0), (",,application/json,", 1000, 0),
    ])
    func `has a weight for each form, that of the most specific range`(field: String?, json: Int, stream: Int) {
        #expect(Acceptance(field) == Acceptance(json: json, stream: stream))
    }

    @Test(arguments: [
        "nan", "inf", "-1", "1e400", "0x1", "2", "1.5", "0.1234", ".5", "", "0.", "1.", "1.0000", "\u{0661}",
    ])
    func `counts what is no weight as wanted, and never breaks`(weight: String) {
        #expect(Acceptance("application/json;q=\(weight)").takesJSON == (weight != "0."))
    }

    @Test func `is said in one field or in several`() {
        let fields: HTTPFields = ["Accept": "application/json;q=0.5", "accept": "text/event-stream"]
        #expect(Acceptance(fields) == Acceptance(json: 500, stream: 1000))
        #expect(Acceptance(HTTPFields()) == Acceptance(json: 1000, stream: 1000))
    }

    @Test func `decides the form, and the server does where both are wanted alike`() {
        let both = Acceptance(json: 1000, stream: 1000)
        #expect(
            !both.prefersStream(over: .json) && !both.prefersStream(over: .auto) && both.prefersStream(over: .stream)
        )
        #expect(Acceptance(json: 500, stream: 1000).prefersStream(over: .json))
        #expect(!Acceptance(json: 1000, stream: 500).prefersStream(over: .stream))
    }
}
