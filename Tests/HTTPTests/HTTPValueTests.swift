import HTTP
import Testing

@Suite struct `Header fields` {
    @Test(arguments: ["Content-Type", "content-type", "CONTENT-TYPE"])
    func `compare names without regard to case`(name: String) {
        let fields: HTTPFields = ["Content-Type": "text/html"]
        #expect(fields[name] == "text/html")
        #expect(fields.values(name) == ["text/html"])
    }

    @Test func `do not take one name for another`() {
        let fields: HTTPFields = ["Date": "x"]
        #expect(fields["Dat"] == nil)
        #expect(fields["Dates"] == nil)
        #expect(fields["dat\u{05}"] == nil)
    }

    @Test func `keep their order and their duplicates`() {
        var fields: HTTPFields = ["B": "1", "A": "2"]
        fields.append("b", "3")
        #expect(fields.all.map { $0.name } == ["B", "A", "b"])
        #expect(fields["B"] == "1")
        #expect(fields.values("B") == ["1", "3"])
    }

    @Test func `are replaced and removed under every spelling`() {
        var fields: HTTPFields = ["A": "1", "a": "2", "B": "3"]
        fields["A"] = "4"
        #expect(fields.values("a") == ["4"])
        fields["a"] = nil
        #expect(fields == ["B": "3"])
    }

    @Test(arguments: [
        ("x\r\nEvil: 1", "xEvil: 1"), ("x\ny", "xy"), ("x\0y", "xy"), ("x\u{7F}y", "xy"), ("a\tb", "a\tb"),
        ("Übersicht", "Übersicht"),
    ])
    func `never end a line early`(value: String, kept: String) {
        let fields: HTTPFields = ["A\r\n": value]
        #expect(fields.all.map { $0.name } == ["A"])
        #expect(fields["A"] == kept)
    }
}

@Suite struct `An address` {
    struct Parts: Sendable {
        var scheme = "http"
        var host = "a.example"
        var port = 80
        var path = "/"
        var query: String?
    }

    @Test(arguments: [
        ("http://a.example", Parts()),
        ("HTTPS://a.example", Parts(scheme: "https", port: 443)),
        ("http://a.example:8080/x/y", Parts(port: 8080, path: "/x/y")),
        ("http://a.example?q=1", Parts(query: "q=1")),
        ("http://a.example/p?q=1?2#f", Parts(path: "/p", query: "q=1?2")),
        ("http://a.example#f", Parts()),
        ("https://[::1]:9/", Parts(scheme: "https", host: "::1", port: 9)),
        ("http://[fe80::1]", Parts(host: "fe80::1")),
        ("http://a.example/a%20b?", Parts(path: "/a%20b", query: "")),
        ("http://a.example/x?y=http://b.example", Parts(path: "/x", query: "y=http://b.example")),
    ])
    func `is taken apart`(text: String, parts: Parts) throws {
        let url = try #require(URLText(text))
        #expect(url.scheme == parts.scheme)
        #expect(url.host == parts.host)
        #expect(url.port == parts.port)
        #expect(url.path == parts.path)
        #expect(url.query == parts.query)
    }

    @Test(arguments: [
        "", "a.example", "ftp://a.example", "file:///etc/passwd", "http://", "http:///x", "http://:80", "//a.example",
        "http://user:pass@a.example", "http://a.example:0", "http://a.example:65536", "http://a.example:x",
        "http://[::1", "http://[::1]x", "http://a b", "http://a.example/a b", "http://a.example\\b", "http:/a.example",
        "http://a.example/\r\nX: 1", "http://a.example:", "http://a.example:+80",
    ])
    func `that is invalid is nil`(text: String) {
        #expect(URLText(text) == nil)
    }

    @Test(arguments: [
        ("http://a/b", "c"), ("http://a/b/", "c"), ("http://a/b", "/c"), ("http://a/b//", "//c"),
    ])
    func `is joined to a path with one slash`(base: String, path: String) {
        #expect(URLText.joined(base, path) == "http://a/b/c")
    }

    @Test func `writes and reads a query`() {
        let items = [("name", "a b&c=d"), ("list", "1"), ("list", "2"), ("leer", ""), ("ü", "é+")]
        let query = URLText.query(items.map { (name: $0.0, value: $0.1) })
        #expect(query == "name=a%20b%26c%3Dd&list=1&list=2&leer=&%C3%BC=%C3%A9%2B")
        #expect(URLText.queryItems(query).map { [$0.name, $0.value] } == items.map { [$0.0, $0.1] })
    }

    @Test func `reads a query as forms write it`() {
        let items = URLText.queryItems("a=x+y&b&&c=%zz&d=1=2")
        #expect(items.map { [$0.name, $0.value] } == [["a", "x y"], ["b", ""], ["d", "1=2"]])
    }
}

@Suite struct `A request and its answer` {
    @Test(arguments: [
        ("https://a.example/api/x?token=abc", "GET /api/x"), ("https://a.example", "GET /"), ("nonsense", "GET ?"),
    ])
    func `are summed up without the query`(url: String, summary: String) {
        #expect(HTTPRequest(.get, url).summary == summary)
    }

    @Test func `may be repeated when it only reads, unless stated otherwise`() {
        #expect(HTTPRequest(.get, "").mayBeRepeated)
        #expect(!HTTPRequest(.post, "").mayBeRepeated)
        #expect(!HTTPRequest(.delete, "").mayBeRepeated)
        #expect(HTTPRequest(.post, "", mayBeRepeated: true).mayBeRepeated)
        #expect(!HTTPRequest(.get, "", mayBeRepeated: false).mayBeRepeated)
    }

    @Test(
        arguments: [
            ("application/json", "application/json"), ("Application/JSON; charset=utf-8", "application/json"),
            (" text/html ;x", "text/html"), (nil, nil),
        ] as [(String?, String?)]
    )
    func `have a media type without parameters`(field: String?, type: String?) {
        var response = HTTPResponse(.ok)
        response.fields["Content-Type"] = field
        #expect(response.mediaType == type)
    }

    @Test func `have a text, with what is no UTF-8 marked`() {
        #expect(HTTPResponse(.ok, body: [0x61, 0xFF]).text == "a\u{FFFD}")
        #expect(HTTPResponse(.ok, text: "ü").fields["content-type"] == "text/plain")
    }

    @Test(arguments: [
        (199, false, false), (200, true, false), (299, true, false), (300, false, true), (399, false, true),
        (400, false, false),
    ])
    func `have a status of one kind`(code: Int, isSuccess: Bool, isRedirect: Bool) {
        #expect(HTTPStatus(rawValue: code).isSuccess == isSuccess)
        #expect(HTTPStatus(rawValue: code).isRedirect == isRedirect)
    }
}

@Suite struct `A failure of HTTP` {
    @Test(arguments: [
        (HTTPFailure.addressNotValid("x"), "`x` is not an address that can be called."),
        (.nameNotResolved(host: "a"), "Cannot resolve the host a."),
        (.connectionRefused(host: "a"), "a refused the connection."),
        (.notReached(host: "a", detail: "No route to host"), "Cannot connect to a (No route to host)."),
        (.timedOut(seconds: 1e300), "The request timed out after 1e+300 seconds."),
        (
            .notTrusted(host: "a", issuer: "CA", detail: "d"),
            "The certificate of a, issued by CA, could not be verified (d)."
        ),
        (.notTrusted(host: "a", issuer: nil, detail: "d"), "The certificate of a could not be verified (d)."),
        (
            .notTrusted(host: "a", issuer: "CA", detail: "d", because: .name),
            "The certificate of a, issued by CA, is for another name (d)."
        ),
        (
            .notTrusted(host: "a", issuer: "CA", detail: "d", because: .time),
            "The certificate of a, issued by CA, has expired or is not valid yet (d)."
        ),
        (
            .notTrusted(host: "a", issuer: nil, detail: "d", because: .client),
            "a requires a client certificate that it trusts (d)."
        ),
        (
            .notTrusted(host: "a", issuer: nil, detail: "d", because: .handshake),
            "Cannot make a secure connection to a (d)."
        ),
        (
            .fileNotUsable(.caBundle, path: "/a", detail: "d"),
            "The file of certificates to trust, /a, cannot be used (d)."
        ),
        (.proxyFailed(detail: "d"), "The proxy did not let the request through (d)."),
        (.timedOut(seconds: 30), "The request timed out after 30 seconds."),
        (.timedOut(seconds: 0.5), "The request timed out after 0.5 seconds."),
        (.timedOut(seconds: 1e300), "The request timed out after 1e+300 seconds."),
        (.timedOut(seconds: .infinity), "The request timed out after inf seconds."),
        (.cutOff(detail: "d"), "The connection closed before the answer was complete (d)."),
        (.tooLarge(limit: 64 << 20), "The answer is larger than 64 MiB."),
        (.tooLarge(limit: 8000), "The answer is larger than 8000 bytes."),
        (.cancelled, "The request was cancelled."),
        (.noClient(detail: "d"), "HTTP is not available on this machine (d)."),
    ])
    func `is one sentence`(failure: HTTPFailure, sentence: String) {
        #expect(failure.description == sentence)
    }

    @Test(
        arguments: [
            (.addressNotValid("a"), false), (.nameNotResolved(host: "a"), false),
            (.connectionRefused(host: "a"), false),
            (.notTrusted(host: "a", issuer: nil, detail: "d"), false),
            (.fileNotUsable(.clientKey, path: "/a", detail: "d"), false), (.proxyFailed(detail: "d"), false),
            (.noClient(detail: "d"), false), (.timedOut(seconds: 30), true), (.cutOff(detail: "d"), true),
            (.tooLarge(limit: 64 << 20), true), (.cancelled, true),
        ] as [(HTTPFailure, Bool)]
    )
    func `says whether the request may have been sent`(failure: HTTPFailure, mayHaveBeenSent: Bool) {
        #expect(failure.mayHaveBeenSent == mayHaveBeenSent)
    }
}
