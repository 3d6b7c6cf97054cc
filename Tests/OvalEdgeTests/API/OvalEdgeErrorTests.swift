import HTTP
import JSON
import Logging
import TestSupport
import Testing

@testable import OvalEdge

let everyHTTPFailure: [HTTPFailure] =
    [
        .addressNotValid("https://ann:secret-in-address@acme.net"), .nameNotResolved(host: "acme.ovaledge.net"),
        .connectionRefused(host: "acme.ovaledge.net"),
        .notReached(host: "acme.ovaledge.net", detail: "Network is unreachable"), .tooMuchAtOnce(limit: 64 << 20),
        .notTrusted(
            host: "acme.ovaledge.net",
            issuer: "Acme Root CA",
            detail: "unable to get local issuer certificate"
        ),
        .proxyFailed(detail: "407"), .timedOut(seconds: 30), .cutOff(detail: "18 bytes missing"),
        .tooLarge(limit: 64 << 20), .cancelled, .noClient(detail: "libcurl.so.4 is missing"),
    ]
    + TLSFailureReason.allCases.map {
        HTTPFailure.notTrusted(host: "acme.ovaledge.net", issuer: nil, detail: "x", because: $0)
    }
    + TrustFile.allCases.map { HTTPFailure.fileNotUsable($0, path: "/etc/ssl/acme.pem", detail: "No such file") }

/// What happened, and what to do, each ending as sentences do.
func expectTwoSentences(_ error: OvalEdgeError, sourceLocation: SourceLocation = #_sourceLocation) {
    for sentence in [error.what, RemedyTexts.neutral.sentence(error.remedy)] {
        #expect(sentence.hasSuffix(".") && !sentence.hasSuffix(".."), "\(sentence)", sourceLocation: sourceLocation)
        #expect(sentence.first?.isLetter == true, "\(sentence)", sourceLocation: sourceLocation)
        #expect(!sentence.contains("\n") && sentence.count < 400, "\(sentence)", sourceLocation: sourceLocation)
    }
}

@Suite struct `An error` {
    private func error(_ response: HTTPResponse, secret: String = "unused-secret") -> OvalEdgeError {
        let redactor = Redactor()
        redactor.add(Secret(secret))
        return OvalEdgeError(response, to: "GET /api/v1/mcp/asset-details", redactor: redactor)
    }

    @Test(arguments: [
        (400, OvalEdgeError.Kind.notValid), (401, .notSignedIn), (403, .notAllowed), (404, .notFound),
        (405, .notFound), (408, .unavailable), (409, .conflict), (410, .notValid), (422, .notValid), (429, .tooMany),
        (500, .unavailable), (502, .unavailable), (503, .unavailable), (504, .unavailable), (302, .notUnderstood),
        (304, .notUnderstood), (199, .notUnderstood),
    ])
    func `has a kind for every status and two sentences`(_ status: Int, _ kind: OvalEdgeError.Kind) {
        for body in ["", "{}", #"{"message":"Wrong thing."}"#, "plain words", "<html><b>page</b></html>", "[1]"] {
            let error = error(HTTPResponse(HTTPStatus(rawValue: status), text: body))
            #expect(error.kind == kind)
            #expect(error.status == status)
            #expect(error.delivery == .answered)
            #expect(!error.sentences.contains("page"))
            expectTwoSentences(error)
        }
    }

    @Test func `has two sentences for every failure`() {
        for failure in everyHTTPFailure {
            let error = OvalEdgeError(failure, redactor: Redactor())
            #expect(error.kind == .unreachable)
            #expect(error.isCancellation == (failure == .cancelled))
            #expect(error.delivery == (failure.mayHaveBeenSent ? .sent : .notSent))
            #expect(error.notSent.delivery == .notSent && error.notSent.isCancellation == error.isCancellation)
            #expect(!error.sentences.contains("secret-in-address"))
            expectTwoSentences(error)
        }
    }

    @Test func `names host and issuer, and what to trust, when a certificate is not trusted`() {
        let failure = HTTPFailure.notTrusted(host: "acme.net", issuer: "Acme Root CA", detail: "self-signed")
        let error = OvalEdgeError(failure, redactor: Redactor())
        for words in ["acme.net", "Acme Root CA"] { #expect(error.what.contains(words)) }
        #expect(error.remedy == .trustAuthority)
    }

    @Test(arguments: TrustFile.allCases)
    func `names the file that cannot be used, and which it is`(file: TrustFile) {
        let failure = HTTPFailure.fileNotUsable(file, path: "/etc/ssl/acme.pem", detail: "No such file or directory")
        let error = OvalEdgeError(failure, redactor: Redactor())
        #expect(error.what.contains("/etc/ssl/acme.pem"))
        #expect(error.remedy == .checkFile(file))
    }

    @Test(arguments: [
        (TLSFailureReason.authority, "trustAuthority"), (.name, "checkCertificateName"), (.time, "date and time"),
        (.client, "setClientCertificate"), (.handshake, "checkSchemeAndPort"),
    ])
    func `has a remedy for every mistrust`(reason: TLSFailureReason, remedy: String) {
        let failure = HTTPFailure.notTrusted(host: "acme.net", issuer: nil, detail: "x", because: reason)
        #expect(OvalEdgeError(failure, redactor: Redactor()).sentences.contains(remedy))
    }

    @Test func `knows a cancellation by its cause, not by its words`() {
        let cancelled = OvalEdgeError.cancelled
        #expect(cancelled.isCancellation && cancelled.notSent.isCancellation)
        #expect(cancelled.withRemedy(.callAgain).isCancellation)
        #expect(!OvalEdgeError(.unreachable, cancelled.what, remedy: cancelled.remedy).isCancellation)
    }

    /// The connector says so in words alone, or with a code.
    @Test(arguments: [
        (#"{"message":"Athena is NOT supported for native DAM."}"#, true),
        (#"{"message":"Please continue with operation=catalog_access"}"#, true),
        (#"{"code":"mcp.source.system.unsupported","message":"No."}"#, true),
        (#"{"code":"mcp.source.system.hint.mismatch","message":"Not supported for native DAM"}"#, false),
        (#"{"message":"No."}"#, false),
    ])
    func `says whether a source system is not supported`(body: String, isSo: Bool) throws {
        #expect(error(HTTPResponse(.badRequest, text: body)).saysSourceIsUnsupported == isSo)
        #expect(!error(HTTPResponse(.forbidden, text: body)).saysSourceIsUnsupported)
        var json = try JSON(parsing: body)
        json["ok"] = false
        #expect(try #require(Refusal(json)).error.saysSourceIsUnsupported == isSo)
    }

    @Test(arguments: [
        (#"{"message":"Forbidden"}"#, "Forbidden"), (#"{"error":"No role"}"#, "No role"),
        (#"{"message":" ","detail":"Later"}"#, "Later"), ("just text", "just text"),
        (#"{"message":"two\nlines\tand\u200Bmore"}"#, "two lines andmore"), (#"{"reason":7}"#, #"{"reason":7}"#),
    ])
    func `quotes what the server says`(_ body: String, _ words: String) {
        #expect(error(HTTPResponse(.forbidden, text: body)).what.contains(": “\(words)”."))
    }

    @Test func `quotes at most two hundred characters`() {
        let what = error(HTTPResponse(.forbidden, text: String(repeating: "word ", count: 500))).what
        #expect(what.count < 280 && what.contains("…”"))
    }

    @Test func `has no secret of a failure with status 200, however that escapes it`() throws {
        let secret = "Sx5Gf1Bq8Nv3Ec9Zu4Mw9Kt2"
        let redactor = Redactor()
        redactor.add(Secret(secret))
        let percent = secret.utf8.map { "%" + String($0, radix: 16) }.joined()
        for body in [#"{"ok":false,"message":"token=\#(percent)"}"#, #"{"status":"failed","error":"\#(percent)"}"#] {
            let response = HTTPResponse(.ok, text: body, type: "application/json")
            let json = try OvalEdgeAPI.json(in: response, to: "GET /x", redactor: redactor)
            let error = try #require(Refusal(json)).error
            #expect(!error.sentences.contains("%53%78"), "\(error)")
        }
    }

    @Test func `redacts a secret before it cuts the quotation`() {
        let text = String(repeating: "x", count: 190) + "my-secret-value-of-some-length"
        #expect(
            !error(HTTPResponse(.forbidden, text: text), secret: "my-secret-value-of-some-length").what.contains("my-")
        )
    }

    @Test func `keeps code, request id and waiting time`() {
        let response = HTTPResponse(
            .tooManyRequests,
            fields: ["Retry-After": "12", "X-Amzn-RequestId": "r-1"],
            text: #"{"code":"mcp.too.many","message":"slow down"}"#
        )
        let error = error(response)
        #expect(error.code == "mcp.too.many" && error.requestID == "r-1" && error.retryAfter == 12)
        #expect(error.remedy == .wait(seconds: 12))
    }

    @Test func `shows only the host of a redirect`() {
        let what = error(HTTPResponse(.found, fields: ["Location": "https://sso.acme.com/x?token=abc"])).what
        #expect(what == "OvalEdge redirected the call to sso.acme.com.")
    }
}
