import JSON
import Logging
import Testing

@testable import JSONRPC

@Suite struct `Redaction of a message` {
    private static let texts = ProtocolTexts(
        words: ["type", "token"],
        offers: ["tools"],
        data: ["data", "structured"]
    )

    private func redacted(_ frame: String, _ secrets: String...) -> String {
        let redactor = Redactor()
        for secret in secrets { redactor.add(Secret(secret)) }
        let bytes = redactor.redacted(frame: Array(frame.utf8), keeping: Self.texts)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(arguments: [
        #"{"jsonrpc":"2.0","id":1,"result":{"a":"x-SECRET-x","b":["SECRET",1]}}"#,
        #"{"jsonrpc":"2.0","id":"1","error":{"code":-32602,"message":"no SECRET","data":{"x-SECRET":["SECRET"]}}}"#,
        #"{"jsonrpc":"2.0","id":1,"result":{"structured":{"SECRET":{"type":"SECRET","token":"SECRET"}}}}"#,
        #"{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"error","data":"SECRET"}}"#,
        #"[{"jsonrpc":"2.0","id":1,"result":"SECRET"},{"jsonrpc":"2.0","id":2,"result":{"a":"SECRET"}}]"#,
        #"{"jsonrpc":"2.0","id":1,"result":{"type":["SECRET"]}}"#,
    ])
    func `leaves no secret in texts, nor in the names of data`(_ frame: String) {
        #expect(
            redacted(frame.replacing("SECRET", with: "hunter2hunter2"), "hunter2hunter2")
                == frame.replacing("SECRET", with: "••••")
        )
    }

    /// What security M1 tried, and every other place where a message would not be the same.
    @Test(arguments: [
        "123456", "1234567890123456", "-32602", "jsonrpc", "2.0", "result", "result!!", "\"result\":",
        "{\"jsonrpc\":\"2.0\"",
        "request-id-1", "notifications/x2", "0123456789.5e+10", "my-progress-1", "text/x-words1", "tool-name-1",
        "member-name-1",
        "},\"id\":12345", "true", "null",
    ])
    func `changes no number, no id and no word of the protocol`(_ secret: String) {
        let frames = [
            #"{"jsonrpc":"2.0","id":123456,"result":{"count":1234567890123456,"n":0123456789.5e+10,"ok":true,"no":null}}"#
                .replacing(":0123", with: ":123"),
            #"{"jsonrpc":"2.0","id":"request-id-1","result":{"type":"text/x-words1","token":"my-progress-1"}}"#,
            #"{"jsonrpc":"2.0","method":"notifications/x2","params":{"token":"my-progress-1","progress":1234567890123456}}"#,
            #"{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"tool-name-1","inputSchema":{"type":"object"}}]}}"#,
            #"{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"No."}}"#,
            #"{"jsonrpc":"2.0","id":1,"result":{"member-name-1":1}}"#,
        ]
        for frame in frames { #expect(redacted(frame, secret) == frame) }
    }

    @Test func `reads what was escaped in a text once more`() throws {
        let secret = #"s3c/Rt+Vq=Lm"Tz?8w"#
        let inner = JSON.object(JSONObject([.init("said", .string("no " + secret))])).text
        let message: JSON = ["jsonrpc": "2.0", "id": 7, "result": ["text": .string(inner)]]
        let json = try JSON(parsing: redacted(message.text, secret))
        #expect(json == ["jsonrpc": "2.0", "id": 7, "result": ["text": #"{"said":"no ••••"}"#]])
    }

    @Test func `reaches as deep as any value can be`() throws {
        let depth = JSON.Limits().depth
        let value = String(repeating: "[", count: depth) + "\"hunter2hunter2\"" + String(repeating: "]", count: depth)
        let said = redacted(#"{"jsonrpc":"2.0","id":1,"result":{"a":\#(value)}}"#, "hunter2hunter2")
        #expect(said == #"{"jsonrpc":"2.0","id":1,"result":{"a":\#(value.replacing("hunter2hunter2", with: "••••"))}}"#)
    }

    @Test func `sends nothing that it cannot look through`() {
        let said = redacted(#"{"jsonrpc":"2.0","id":1,"result":{"a":"hunter2hunter2"}"#, "hunter2hunter2")
        #expect(
            said
                == #"{"jsonrpc":"2.0","id":null,"error":{"code":-32603,"message":"The request failed inside the server."}}"#
        )
    }
}
