import JSON
import JSONRPC
import Testing

@Suite struct `Telling messages apart` {
    /// Rows: G022.
    @Test(arguments: ["1", "0", "-5", "1152921504606846976", "123456789012345678901234567890", #""1""#, #""""#])
    func `an id goes back as it came`(id: String) throws {
        let message = try Message(JSON(parsing: #"{"jsonrpc":"2.0","id":\#(id),"method":"ping"}"#))
        guard case .request(let request) = message else { Issue.record("not a request"); return }
        #expect(request.id.json.text == id)
    }

    @Test func `the number one is not the text one`() {
        #expect(RequestID(1) != RequestID("1"))
    }

    /// Rows: G026, G027.
    @Test(arguments: ["null", "1.5", "1e2", "true", "[1]", "{}"])
    func `what cannot be an id makes the message malformed`(id: String) throws {
        let json = try JSON(parsing: #"{"jsonrpc":"2.0","id":\#(id),"method":"ping"}"#)
        let malformed = #expect(throws: Message.Malformed.self) { try Message(json) }
        #expect(malformed?.error.code == -32600)
        #expect(malformed?.id == nil)
    }

    /// Rows: G028, G029.
    @Test(arguments: [
        ("[]", nil), ("7", nil), (#"{"id":3}"#, 3), (#"{"jsonrpc":"1.0","id":3,"method":"ping"}"#, 3),
        (#"{"jsonrpc":"2.0","id":3,"method":4}"#, 3), (#"{"jsonrpc":"2.0","id":3}"#, 3), (#"{"jsonrpc":"2.0"}"#, nil),
    ])
    func `what is no message says so, under its id if it has one`(text: String, id: Int?) throws {
        let json = try JSON(parsing: text)
        let malformed = #expect(throws: Message.Malformed.self) { try Message(json) }
        #expect(malformed?.error.code == -32600)
        #expect(malformed?.id?.json == id.map { JSON.int($0) })
    }

    @Test func `no id makes a notification, a result makes a response`() throws {
        let notification = try Message(["jsonrpc": "2.0", "method": "notifications/x", "params": ["a": 1]])
        #expect(notification == .notification(Notification("notifications/x", params: ["a": 1])))
        guard case .response = try Message(["jsonrpc": "2.0", "id": 9, "result": [:]]) else {
            Issue.record("not a response")
            return
        }
    }

    @Test func `a method that is not known is quoted in short`() {
        let name = String(repeating: "x", count: 200_000)
        #expect(RPCError.methodNotFound(name).message == "The method `\(name.prefix(80))` is not known here.")
    }
}
