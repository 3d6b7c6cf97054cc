import JSON
import JSONRPC
import TestSupport
import Testing

@testable import StreamableHTTP

/// What the field for the revision may say.
private let versions = [nil, "2025-03-26", "2025-11-25", "2026-07-28", "1.2.3"]

@Suite struct `A message that comes by POST` {
    private enum Kind: Equatable { case selfContained, initialize, request, batch, response, notification, ignored }

    private func kind(_ json: JSON, _ version: String?) throws(Message.Malformed) -> Kind {
        switch try IncomingMessage(json, version: version) {
        case .selfContained: .selfContained
        case .initialize: .initialize
        case .request: .request
        case .batch: .batch
        case .reply(let isResponse): isResponse ? .response : .notification
        case .ignored: .ignored
        }
    }

    private func refusal(_ json: JSON, _ version: String? = nil) -> Int? {
        do throws(Message.Malformed) {
            _ = try kind(json, version)
            return nil
        } catch {
            return error.error.code
        }
    }

    private static let claim: JSON = ["_meta": .stateless()]

    private static func message(_ method: String, _ params: JSON? = nil, id: JSON? = 1) -> JSON {
        JSON.members(("jsonrpc", "2.0"), ("id", id), ("method", .string(method)), ("params", params))
    }

    private static let modern = "2026-07-28"
    /// Rows: G316.
    @Test(arguments: versions) func `is of 2026-07-28 where it says so, whatever its fields say`(version: String?)
        throws
    {
        #expect(try kind(Self.message("tools/list", Self.claim), version) == .selfContained)
        #expect(try kind(Self.message("initialize", Self.claim), version) == .selfContained)
        #expect(try kind(Self.message("server/discover"), version) == .selfContained)
        let other: JSON = ["_meta": ["io.modelcontextprotocol/protocolVersion": "2025-11-25"]]
        #expect(try kind(Self.message("tools/list", other), version) == .selfContained)
    }

    @Test(arguments: versions) func `opens a session where it is initialize`(version: String?) throws {
        let json = Self.message("initialize", ["protocolVersion": "2025-11-25"])
        if version == Self.modern {
            #expect(refusal(json, version) == -32020)
        } else {
            #expect(try kind(json, version) == .initialize)
        }
        let half: JSON = ["_meta": ["io.modelcontextprotocol/protocolVersion": "2026-07-28"]]
        if version != Self.modern { #expect(try kind(Self.message("initialize", half), version) == .initialize) }
    }

    @Test(arguments: versions) func `belongs to a session or to none otherwise, as its field says`(version: String?)
        throws
    {
        #expect(try kind(Self.message("tools/list"), version) == (version == Self.modern ? .selfContained : .request))
        let notification = Self.message("notifications/cancelled", id: nil)
        #expect(try kind(notification, version) == (version == Self.modern ? .ignored : .notification))
        let response: JSON = ["jsonrpc": "2.0", "id": 1, "result": [:]]
        if version == Self.modern {
            #expect(refusal(response, version) == -32600)
        } else {
            #expect(try kind(response, version) == .response)
        }
    }

    @Test(arguments: versions) func `comes with others only in revisions with a handshake`(version: String?) throws {
        let list: JSON = [Self.message("tools/list"), Self.message("ping", id: 2)]
        if version == Self.modern {
            #expect(refusal(list, version) == -32600)
        } else {
            #expect(try kind(list, version) == .batch)
        }
        #expect(refusal([Self.message("ping"), Self.message("tools/list", Self.claim)], version) == -32600)
        #expect(refusal([], version) == -32600)
    }

    @Test(arguments: [
        "null", "1", "\"x\"", "{}", #"{"jsonrpc":"2.0"}"#, #"{"jsonrpc":"1.0","id":1,"method":"ping"}"#,
        #"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, #"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#,
        #"{"jsonrpc":"2.0","id":1,"method":7}"#,
    ])
    func `is refused where it is no message`(text: String) throws {
        #expect(refusal(try JSON(parsing: text)) == -32600)
    }

    @Test(arguments: [
        #"{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call"}"#,
        #"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#,
        #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","name":"b"}}"#,
        #"[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":2,"method":"a","method":"b"}]"#,
    ])
    func `is refused where a member is there twice, so that no two readers differ`(text: String) throws {
        #expect(refusal(try JSON(parsing: text)) == -32600)
    }

    /// A test of each pair would take minutes.
    @Test(.timeLimit(.minutes(1))) func `may have very many members`() throws {
        let params = JSON.object(JSONObject((0..<100_000).map { .init("member\($0)", 0) }))
        #expect(try kind(Self.message("tools/list", params), nil) == .request)
    }
}
