import HTTP
import Logging
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
    for sentence in [error.what, error.advice] {
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
            #expect(!error.description.contains("page"))
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
            #expect(!error.description.contains("secret-in-address"))
            expectTwoSentences(error)
        }
    }

    @Test func `names host, issuer and setting when a certificate is not trusted`() {
        let failure = HTTPFailure.notTrusted(host: "acme.net", issuer: "Acme Root CA", detail: "self-signed")
        let text = OvalEdgeError(failure, redactor: Redactor()).description
        for words in ["acme.net", "Acme Root CA", "OVALEDGE_CA_BUNDLE"] { #expect(text.contains(words)) }
    }

    @Test(arguments: [
        (TrustFile.caBundle, "OVALEDGE_CA_BUNDLE"), (.systemCertificates, "SSL_CERT_FILE"),
        (.clientCertificate, "OVALEDGE_CLIENT_CERTIFICATE"), (.clientKey, "OVALEDGE_CLIENT_KEY"),
    ])
    func `names the file that cannot be used, and its setting`(file: TrustFile, setting: String) {
        let failure = HTTPFailure.fileNotUsable(file, path: "/etc/ssl/acme.pem", detail: "No such file or directory")
        let error = OvalEdgeError(failure, redactor: Redactor())
        #expect(error.what.contains("/etc/ssl/acme.pem"))
        #expect(error.advice.contains(setting))
    }

    @Test(arguments: [
        (TLSFailureReason.authority, "OVALEDGE_CA_BUNDLE"), (.name, "OVALEDGE_BASE_URL"), (.time, "date and time"),
        (.client, "OVALEDGE_CLIENT_CERTIFICATE"), (.handshake, "OVALEDGE_BASE_URL"),
    ])
    func `has a remedy for every mistrust`(reason: TLSFailureReason, remedy: String) {
        let failure = HTTPFailure.notTrusted(host: "acme.net", issuer: nil, detail: "x", because: reason)
        #expect(OvalEdgeError(failure, redactor: Redactor()).advice.contains(remedy))
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
            #expect(!error.description.contains("%53%78"), "\(error)")
        }
    }

    @Test func `strikes a secret before it cuts the quotation`() {
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
        #expect(error.advice == "Wait 12 seconds, then call again.")
    }

    @Test func `shows only the host of a redirect`() {
        let what = error(HTTPResponse(.found, fields: ["Location": "https://sso.acme.com/x?token=abc"])).what
        #expect(what == "OvalEdge redirected the call to sso.acme.com.")
    }
}
