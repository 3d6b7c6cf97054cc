import HTTP
import JSON
import MCP
import OvalEdge
import OvalEdgeTools
import Sandbox
import TestSupport
import Testing
import docs_writer

@Suite struct `A failure` {
    private static let table: JSON = ["object_id": 501, "object_type": "oetable"]
    private static let key = "com.ovaledge/error"

    /// What OvalEdge may answer, and what becomes of it.
    private static let answers: [(status: HTTPStatus, body: String, kind: OvalEdgeError.Kind, retry: String)] = [
        (.unauthorized, #"{"message":"Invalid token"}"#, .notSignedIn, "after_change"),
        (.forbidden, "{}", .notAllowed, "after_change"),
        (.notFound, "{}", .notFound, "after_change"),
        (.methodNotAllowed, "{}", .notFound, "after_change"),
        (.badRequest, #"{"message":"objectType is wrong"}"#, .notValid, "after_change"),
        (.ok, #"{"ok":false,"message":"No","code":"mcp.no"}"#, .notValid, "after_change"),
        (.conflict, "{}", .conflict, "after_change"),
        (.tooManyRequests, "{}", .tooMany, "later"),
        (HTTPStatus(500), "{}", .unavailable, "later"),
        (.badGateway, "<html>", .unavailable, "later"),
        (.serviceUnavailable, "{}", .unavailable, "later"),
        (HTTPStatus(302), "", .notUnderstood, "after_change"),
        (.ok, "<html>Sign in</html>", .notUnderstood, "after_change"),
        (.ok, #"{"data":7}"#, .notUnderstood, "after_change"),
    ]

    /// Why no answer may come, and whether it may at the next call.
    private static let silences: [(failure: HTTPFailure, retry: String)] = [
        (.addressNotValid("x"), "after_change"), (.nameNotResolved(host: "oe"), "after_change"),
        (.connectionRefused(host: "oe"), "later"), (.notReached(host: "oe", detail: "x"), "later"),
        (.tooMuchAtOnce(limit: 1 << 20), "later"), (.proxyFailed(detail: "x"), "later"),
        (.notTrusted(host: "oe", issuer: nil, detail: "x"), "after_change"),
        (.fileNotUsable(.caBundle, path: "/x", detail: "x"), "after_change"), (.timedOut(seconds: 3), "later"),
        (.cutOff(detail: "x"), "later"), (.tooLarge(limit: 1 << 20), "after_change"),
        (.noClient(detail: "x"), "after_change"), (.cancelled, "later"),
    ]

    @Test(arguments: answers.indices)
    func `says its kind, its cause, what to do, whether to call again, and the number to ask about`(
        _ index: Int
    ) async throws {
        let (status, body, kind, retry) = Self.answers[index]
        let answer = try await TestCatalog(answering: status, body, ["X-Request-Id": "r-7", "Retry-After": "12"])
            .call("asset_details", Self.table)
        try Self.check(answer, kind, retry)
        let meta = try #require(answer.meta?[Self.key])
        if retry == "later" {
            #expect(meta["retryAfterSeconds"] == 12)
            #expect(answer.text.ranges(of: "12 seconds").count == 1)
        }
        if status != .ok {
            #expect(meta["requestId"] == "r-7" && answer.text.contains("Request id: `r-7`"))
            #expect(meta["status"] == .int(status.rawValue))
        }
    }

    @Test(arguments: silences.indices)
    func `says why no answer came, and whether one may come later`(_ index: Int) async throws {
        let (failure, retry) = Self.silences[index]
        let catalog = TestCatalog(
            AnsweringHTTP { request throws(HTTPFailure) in
                guard request.url.hasSuffix(TokenExchange.path) else { throw failure }
                return HTTPResponse(.ok, text: #"{"token":"e30.e30.c2ln"}"#, type: "application/json")
            }
        )
        try Self.check(try await catalog.call("asset_details", Self.table), .unreachable, retry)
    }

    @Test func `is tried here in every kind`() {
        #expect(Set(Self.answers.map { $0.kind } + [.unreachable]) == Set(OvalEdgeError.Kind.allCases))
    }

    private static func check(_ answer: Answer, _ kind: OvalEdgeError.Kind, _ retry: String) throws {
        #expect(answer.isFailure && answer.structured == nil)
        let lines = answer.text.split(separator: "\n")
        // What happened, and what to do.
        let sentences = try #require(lines.first).split(separator: ". ")
        #expect(sentences.count >= 2 && lines[0].hasSuffix("."), "\(answer.text)")
        #expect(lines.contains { $0.hasPrefix("Kind: `\(kind.rawValue)`; ") }, "\(answer.text)")
        #expect(answer.text.contains("call again") || answer.text.contains("calling again"))
        let meta = try #require(answer.meta?[key])
        #expect(meta["kind"] == .string(kind.rawValue))
        #expect(meta["retry"] == .string(retry), "\(answer.text)")
        #expect((retry == "after_change") == answer.text.contains("calling again unchanged will not help"))
        #expect(answer.meta?["com.ovaledge/untrusted"] == ["content"])
    }

    @Test(arguments: Listed.all)
    func `of arguments is one that the caller can fix`(_ listed: Listed) async throws {
        let answer = try await TestCatalog().call(listed.definition.name, ["nonsense": 1])
        #expect(answer.isFailure && answer.structured == nil)
        #expect(answer.text.contains("nothing was sent"))
        #expect(answer.meta?[Self.key] == ["kind": "notValid", "retry": "after_change"])
    }

    @Test func `of a change that may have been made says to look first`() async throws {
        let sandbox = SandboxClient()
        let catalog = TestCatalog(
            AnsweringHTTP { request throws(HTTPFailure) in
                guard request.url.hasSuffix("update-asset-descriptions") else { return try await sandbox.send(request) }
                return HTTPResponse(.badGateway, fields: ["X-Request-Id": "r-9"], text: "{}", type: "application/json")
            }
        )
        let done = try await catalog.confirmed("update_asset_descriptions", ToolName.updateAssetDescriptions.example)
            .done
        #expect(done.isFailure)
        #expect(done.text.contains("Kind: `unavailable`; check the current state before you call again."))
        #expect(done.text.contains("was changed is unknown"))
        #expect(!done.text.contains("calling again later"))
        #expect(done.meta?[Self.key]?["retry"] == "after_looking")
        #expect(done.meta?[Self.key]?["requestId"] == "r-9")
    }

    @Test func `of a ticket template says how to find another`() async throws {
        let named = try await TestCatalog().call(
            "create_service_request",
            ["ticket_template_id": 99_999, "summary": "S"]
        )
        #expect(named.isFailure)
        #expect(
            named.text.contains(
                "Template 99999 does not exist, or this account cannot use it: omit `ticket_template_id`"
            )
        )
        let found = try await TestCatalog()
            .call("create_service_request", ["request_type": "other", "object_type": "oetag", "summary": "S"])
        #expect(found.isFailure && found.text.contains("Try another `request_type` or `object_type`"))
        for answer in [named, found] {
            #expect(answer.text.contains("Kind: `notFound`; calling again unchanged will not help."))
            #expect(!answer.text.contains("Remedy: "))
        }
    }

    /// OvalEdge's own words may hold what someone wrote into the catalog.
    @Test(arguments: Poison.allCases)
    func `lets no one else speak in its words`(_ poison: Poison) async throws {
        let message = JSON.string("Refused: " + poison.text).text
        for status in [HTTPStatus.ok, .badRequest, .notFound, .conflict, HTTPStatus(500)] {
            let body = #"{"ok":false,"message":\#(message),"code":\#(message)}"#
            for name in ToolName.allCases {
                let answer = try await TestCatalog(answering: status, body).call(name.rawValue, name.example)
                let problems = `Text of strangers`.problems(in: answer.text)
                #expect(problems == [], "\(name) \(status): \(answer.text.prefix(1500))")
                #expect(answer.text.utf8.count < 3000, "\(name) \(status): \(answer.text.utf8.count)")
            }
        }
    }
}
