import HTTP
import JSON
import Logging
import MCP
import OvalEdge
import OvalEdgeTools
import Rendering
import Sandbox
import Synchronization
import TestSupport
import Testing
import Writes

@Suite struct `The outcome of a write` {
    private static let writes = AnyWrite.all.filter { $0.tool.hasPrefix("update_") }
    private let sandbox = SandboxClient()

    /// A back end that replies to a write with what `reply` says, after having done it if `doing` is true.
    private func catalog(
        doing: Bool = false,
        log: Log = .none,
        _ reply: @escaping @Sendable () throws(HTTPFailure) -> HTTPResponse
    ) -> TestCatalog {
        TestCatalog(
            AnsweringHTTP { [sandbox] request throws(HTTPFailure) in
                let isWrite = !request.mayBeRepeated && !request.url.hasSuffix(TokenExchange.path)
                guard isWrite else { return try await sandbox.send(request) }
                if doing { _ = try await sandbox.send(request) }
                return try reply()
            },
            log: log
        )
    }

    @Test(
        arguments: [
            (.addressNotValid("x"), "not_sent"), (.nameNotResolved(host: "h"), "not_sent"),
            (.connectionRefused(host: "h"), "not_sent"), (.notTrusted(host: "h", issuer: nil, detail: "d"), "not_sent"),
            (.fileNotUsable(.caBundle, path: "/p", detail: "d"), "not_sent"), (.proxyFailed(detail: "d"), "not_sent"),
            (.noClient(detail: "d"), "not_sent"), (.timedOut(seconds: 30), "unknown"),
            (.cutOff(detail: "d"), "unknown"),
            (.tooLarge(limit: 1 << 20), "unknown"), (.cancelled, "unknown"),
        ] as [(HTTPFailure, String)]
    )
    func `is known where nothing was sent, and doubted where it was`(failure: HTTPFailure, outcome: String) async throws
    {
        let catalog = catalog { () throws(HTTPFailure) in throw failure }
        let (_, done) = try await catalog.confirmed(Self.writes[0].tool, Self.writes[0].arguments)
        #expect(done.isFailure && done.tellsOutcome)
        #expect(done.text.contains("Nothing was sent, so nothing was written.") == (outcome == "not_sent"))
        #expect(done.text.contains("Whether oetable 501 was changed is unknown.") == (outcome == "unknown"))
        #expect(try catalog.audit().lines.last?.members["outcome"]?.string == outcome)
    }

    @Test(
        arguments: [500, 502, 503, 504, 520, 524, 408].map { ($0, "unknown") } + [(403, "refused"), (422, "refused")]
    )
    func `is doubted where the server failed`(status: Int, outcome: String) async throws {
        let catalog = catalog {
            HTTPResponse(HTTPStatus(rawValue: status), text: #"{"message":"No."}"#, type: "application/json")
        }
        let (_, answer) = try await catalog.confirmed(Self.writes[0].tool, Self.writes[0].arguments)
        #expect(answer.isFailure)
        #expect(answer.text.contains("is unknown") == (outcome == "unknown"))
        #expect(try catalog.audit().lines.last?.members["outcome"]?.string == outcome)
    }

    @Test func `is known where the sign-in failed`() async throws {
        let isClosed = Atomic(false)
        let catalog = TestCatalog(
            AnsweringHTTP { [sandbox] request throws(HTTPFailure) in
                if request.url.hasSuffix(TokenExchange.path), isClosed.load(ordering: .relaxed) {
                    throw .cutOff(detail: "d")
                }
                if request.url.hasSuffix("update-asset-descriptions") {
                    isClosed.store(true, ordering: .relaxed)
                    return HTTPResponse(.unauthorized, text: "{}", type: "application/json")
                }
                return try await sandbox.send(request)
            }
        )
        let (_, done) = try await catalog.confirmed(Self.writes[0].tool, Self.writes[0].arguments)
        #expect(done.text.contains("Nothing was sent, so nothing was written."), "\(done.text)")
        #expect(try catalog.audit().lines.last?.members["outcome"] == "not_sent")
    }

    private static let emptyReplies = ["", "null", "[]", "{}", #"{"data":{}}"#, #"{"data":[]}"#]
    private static let unclearReplies = [#"{"status":"queued"}"#, #"{"data":{"status":"Hmm"}}"#, #"{"note":1}"#]

    @Test(arguments: writes)
    func `is nothing where the reply says nothing and the value is the old one`(_ write: AnyWrite) async throws {
        for reply in Self.emptyReplies + Self.unclearReplies + [#"{"status":"success"}"#] {
            let catalog = catalog { HTTPResponse(.ok, text: reply, type: "application/json") }
            let (_, done) = try await catalog.confirmed(write.tool, write.arguments)
            #expect(!done.text.contains("Written to OvalEdge"), "\(reply): \(done.text)")
            #expect(done.text.contains(" is still: "), "\(reply): \(done.text)")
            #expect(done.structured?["written"] == false && done.structured?["status"] == "unchanged")
            #expect(done.structured?["ok"] == false)
            #expect(try catalog.audit().lines.last?.members["outcome"] == "unchanged")
        }
    }

    @Test(arguments: writes)
    func `is what the catalog holds where the reply says nothing`(_ write: AnyWrite) async throws {
        for reply in Self.emptyReplies + Self.unclearReplies {
            let sandbox = SandboxClient()
            let catalog = TestCatalog(
                AnsweringHTTP { request throws(HTTPFailure) in
                    let isWrite = !request.mayBeRepeated && !request.url.hasSuffix(TokenExchange.path)
                    let response = try await sandbox.send(request)
                    return isWrite ? HTTPResponse(.ok, text: reply, type: "application/json") : response
                }
            )
            let (_, done) = try await catalog.confirmed(write.tool, write.arguments)
            #expect(!done.text.contains("Written to OvalEdge"), "\(reply): \(done.text)")
            #expect(done.text.contains("and the sent values are stored\n"), "\(reply): \(done.text)")
            #expect(done.structured?["status"] == "done" && done.structured?["written"] == true)
            #expect(try catalog.audit().lines.last?.members["outcome"] == "done")
        }
    }

    @Test(arguments: AnyWrite.all.filter { !$0.tool.hasPrefix("update_") })
    func `is not known where something new has no id`(_ write: AnyWrite) async throws {
        for reply in Self.emptyReplies + Self.unclearReplies {
            let catalog = catalog { HTTPResponse(.ok, text: reply, type: "application/json") }
            let (_, done) = try await catalog.confirmed(write.tool, write.arguments)
            #expect(done.isFailure && done.text.contains("is unknown"), "\(reply): \(done.text)")
            #expect(done.structured == nil)
            #expect(try catalog.audit().lines.last?.members["outcome"] == "unknown")
        }
    }

    @Test(arguments: [
        (#"[{"objectId":502,"ok":false},{"objectId":504,"status":"failed"}]"#, "failed"),
        (#"[{"objectId":502,"blocked":true},{"objectId":504,"blocked":true}]"#, "refused"),
        (#"[{"objectId":502,"noChange":true},{"objectId":504,"noChange":true}]"#, "unchanged"),
        (#"[{"objectId":502},{"objectId":504,"error":"No."}]"#, "partly_done"),
        (#"[{"objectId":502,"noChange":true},{"objectId":504,"error":"No."}]"#, "failed"),
        (#"[{"objectId":502,"status":"partial_success"},{"objectId":504,"status":"failed"}]"#, "partly_done"),
        (#"[{"objectId":502,"status":"queued"},{"objectId":504,"status":"queued"}]"#, "unknown"),
    ])
    func `is that of each of several objects`(results: String, outcome: String) async throws {
        let reply = #"{"ok":true,"data":{"status":"success","results":\#(results)}}"#
        let call: JSON = [
            "targets": [["object_id": 502, "object_type": "oetable"], ["object_id": 503, "object_type": "oetable"]],
            "action": "Yes", "cde_category": "Tier1",
        ]
        let catalog = TestCatalog(
            AnsweringHTTP { [sandbox] request throws(HTTPFailure) in
                let isWrite = request.url.hasSuffix("update-cde-associations")
                if isWrite { return HTTPResponse(.ok, text: reply, type: "application/json") }
                // What the catalog holds shows nothing here: the marks are there already.
                return try await sandbox.send(request).replacing("criticalDataElement", with: "Yes")
            }
        )
        let (_, done) = try await catalog.confirmed("update_cde_associations", call)
        #expect(try catalog.audit().lines.last?.members["outcome"]?.string == outcome, "\(done.text)")
        #expect(done.isFailure == ["failed", "unknown"].contains(outcome))
        #expect(done.text.contains("### Written to OvalEdge") == false)
    }

    @Test(arguments: [#""""#, "null", "false", "[]"])
    func `is no failure of an object whose error is empty`(error: String) async throws {
        let result = #"{"objectType":"oetable","objectId":"502","error":\#(error)}"#
        let reply = #"{"ok":true,"data":{"status":"success","results":[\#(result)]}}"#
        let write = try #require(Self.writes.first { $0.tool == "update_cde_associations" })
        let (_, done) = try await catalog(doing: true) {
            HTTPResponse(.ok, text: reply, type: "application/json")
        }.confirmed(write.tool, write.arguments)
        #expect(done.structured?["status"] == "done" && done.text.contains("- Changed: oetable 502"), "\(done.text)")
        #expect(!done.text.contains("Failed"), "\(done.text)")
    }

    @Test func `is no change where what was said to be changed is still as it was`() async throws {
        let reply = #"{"ok":true,"data":{"status":"partial_success","updatedFields":["businessDescription"]}}"#
        let catalog = catalog { HTTPResponse(.ok, text: reply, type: "application/json") }
        let (_, done) = try await catalog.confirmed(Self.writes[0].tool, Self.writes[0].arguments)
        #expect(done.structured?["status"] == "unchanged" && !done.text.contains("Changed:"), "\(done.text)")
    }

    @Test(arguments: [
        ("create_service_request", #"{"ticketId":5,"summary":"x","status":"Rejected"}"#),
        ("dq_rule_manager", #"{"dqruleId":905,"ruleName":"x","status":"REJECTED"}"#),
    ])
    func `is not known where something new has an id and is refused`(tool: String, data: String) async throws {
        let write = try #require(AnyWrite.all.first { $0.tool == tool })
        let catalog = catalog { HTTPResponse(.ok, text: #"{"ok":true,"data":\#(data)}"#, type: "application/json") }
        let (_, done) = try await catalog.confirmed(write.tool, write.arguments)
        #expect(done.isFailure && done.text.contains("is unknown"), "\(done.text)")
        #expect(try catalog.audit().lines.last?.members["outcome"] == "unknown")
    }

    @Test(arguments: [
        #"{"ok":false,"data":{"canCreateRule":false,"results":[{"queryType":"rule","valid":false,"message":"No."}]}}"#,
        #"{"ok":true,"data":{"status":"FAILED","valid":false,"message":"No."}}"#,
    ])
    func `is a result where queries were judged to be wrong`(reply: String) async throws {
        let write = try #require(AnyWrite.all.first { $0.tool == "dq_rule_advisor" })
        let catalog = catalog { HTTPResponse(.ok, text: reply, type: "application/json") }
        let (_, done) = try await catalog.confirmed(write.tool, write.arguments)
        #expect(!done.isFailure && done.structured?["canCreateRule"] == false, "\(done.text)")
        #expect(done.text.hasPrefix("### No rule can be created from these queries") && done.text.contains("No."))
        #expect(try catalog.audit().lines.last?.members["outcome"] == "done")
    }

    @Test func `is known of a text of any length`() async throws {
        let catalog = TestCatalog(sandbox, budget: AnswerBudget(tokens: 100_000))
        let text = (0..<12_000).map { "w\($0 + 10_000)" }.joined(separator: " ")
        let (_, done) = try await catalog.confirmed(
            "update_asset_descriptions",
            ["object_id": 501, "object_type": "oetable", "business_description": .string(text)]
        )
        #expect(done.structured?["status"] == "done", "\(done.text.suffix(300))")
        #expect(try catalog.audit().lines.last?.members["outcome"] == "done")
    }

    @Test func `is reported for a name without the power of its characters`() async throws {
        let create = try #require(AnyWrite.all.first { $0.tool == "create_tag" })
        var arguments = create.arguments
        arguments["tag_name"] = "a\u{1B}[2J\u{202E}b"
        let unknown = catalog { HTTPResponse(.ok, text: #"{"status":"unheard of"}"#, type: "application/json") }
        for catalog in [unknown, catalog { () throws(HTTPFailure) in throw .timedOut(seconds: 1) }] {
            let (_, done) = try await catalog.confirmed(create.tool, arguments)
            #expect(done.isFailure && done.text.contains("is unknown"), "\(done.text)")
            #expect(!done.text.contains("\u{1B}") && !done.text.contains("\u{202E}"))
        }
    }

    @Test func `is not certain where the catalog holds another value`() async throws {
        let isWritten = Atomic(false)
        let catalog = TestCatalog(
            AnsweringHTTP { [sandbox] request throws(HTTPFailure) in
                let response = try await sandbox.send(request)
                if request.url.hasSuffix("update-asset-descriptions") { isWritten.store(true, ordering: .relaxed) }
                guard isWritten.load(ordering: .relaxed), request.url.contains("asset-details") else { return response }
                return response.replacing("businessDescription", with: "Else.")
            }
        )
        let (_, done) = try await catalog.confirmed(Self.writes[0].tool, Self.writes[0].arguments)
        #expect(done.isFailure && done.text.contains("**businessDescription** is now: Else."), "\(done.text)")
        #expect(done.text.contains("OvalEdge reports “success”; what was written is unknown"))
        #expect(try catalog.audit().lines.last?.members["outcome"] == "unknown")
    }

    @Test func `is what OvalEdge says where it cannot be read back, and the log says why`() async throws {
        let lines = Mutex<[String]>([])
        let isWritten = Atomic(false)
        let catalog = TestCatalog(
            AnsweringHTTP { [sandbox] request throws(HTTPFailure) in
                if isWritten.load(ordering: .relaxed), request.url.contains("asset-details") {
                    return HTTPResponse(.forbidden, fields: ["X-Request-Id": "r-9"], text: "{}")
                }
                if request.url.hasSuffix("update-asset-descriptions") { isWritten.store(true, ordering: .relaxed) }
                return try await sandbox.send(request)
            },
            log: Log(.warning, redactor: Redactor()) { line in lines.withLock { $0.append(line) } }
        )
        let (_, done) = try await catalog.confirmed(Self.writes[0].tool, Self.writes[0].arguments)
        #expect(done.text.contains("**businessDescription** is now: could not be read back"))
        #expect(done.structured?["status"] == "done")
        let line = lines.withLock { $0 }.first { $0.contains("read_back_failed") } ?? ""
        #expect(line.contains("notAllowed") && line.contains("403") && line.contains("r-9"), "\(line)")
    }
}
