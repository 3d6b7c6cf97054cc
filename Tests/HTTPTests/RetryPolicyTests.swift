import HTTP
import Testing

@Suite struct `The retry policy` {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var attempt = 1
        var isRead = true
        var status: HTTPStatus = 503
        var retryAfter: Double?
        var left = 60.0
        var random = 0.5
        var verdict: RetryPolicy.Verdict
    }

    static let cases = [
        Case(testDescription: "read, 429", status: 429, verdict: .wait(seconds: 0.25)),
        Case(testDescription: "read, 502", status: 502, verdict: .wait(seconds: 0.25)),
        Case(testDescription: "read, 503", status: 503, verdict: .wait(seconds: 0.25)),
        Case(testDescription: "read, 504", status: 504, verdict: .wait(seconds: 0.25)),
        Case(testDescription: "read, 500", status: 500, verdict: .giveUp),
        Case(testDescription: "read, 401", status: 401, verdict: .giveUp),
        Case(testDescription: "read, 200", status: 200, verdict: .giveUp),
        Case(testDescription: "write, 429", isRead: false, status: 429, verdict: .wait(seconds: 0.25)),
        Case(testDescription: "write, 502", isRead: false, status: 502, verdict: .giveUp),
        Case(testDescription: "write, 503", isRead: false, status: 503, verdict: .wait(seconds: 0.25)),
        Case(testDescription: "write, 504", isRead: false, status: 504, verdict: .giveUp),
        Case(testDescription: "second attempt waits twice as long", attempt: 2, verdict: .wait(seconds: 0.5)),
        Case(testDescription: "third attempt is the last", attempt: 3, verdict: .giveUp),
        Case(testDescription: "chance may leave no wait", random: 0, verdict: .wait(seconds: 0)),
        Case(testDescription: "Retry-After is obeyed without chance", retryAfter: 7, verdict: .wait(seconds: 7)),
        Case(testDescription: "Retry-After of 0", retryAfter: 0, verdict: .wait(seconds: 0)),
        Case(testDescription: "Retry-After longer than the time left", retryAfter: 60, verdict: .giveUp),
        Case(testDescription: "Retry-After without end", retryAfter: .infinity, verdict: .giveUp),
        Case(testDescription: "Retry-After after the last attempt", attempt: 3, retryAfter: 1, verdict: .giveUp),
        Case(testDescription: "Retry-After of a status that is final", status: 500, retryAfter: 1, verdict: .giveUp),
        Case(testDescription: "backoff longer than the time left", left: 0.2, verdict: .giveUp),
        Case(testDescription: "no time left", left: 0, random: 0, verdict: .giveUp),
    ]

    @Test(arguments: cases) func `decides`(_ item: Case) {
        let verdict = RetryPolicy().verdict(
            afterAttempt: item.attempt,
            mayBeRepeated: item.isRead,
            status: item.status,
            retryAfter: item.retryAfter,
            secondsLeft: item.left,
            random: item.random
        )
        #expect(verdict == item.verdict)
    }

    @Test(arguments: [(1, 0.5), (2, 1), (3, 2), (4, 4), (5, 8), (6, 10), (7, 10), (1000, 10)])
    func `doubles the backoff up to ten seconds`(attempt: Int, seconds: Double) {
        #expect(RetryPolicy().backoff(afterAttempt: attempt) == seconds)
    }

    @Test func `keeps a backoff that was set too small or too large within its limits`() {
        #expect(RetryPolicy(backoffSeconds: 0).backoff(afterAttempt: 1) == 0.5)
        #expect(RetryPolicy(backoffSeconds: 99).backoff(afterAttempt: 1) == 10)
    }

    @Test(arguments: [0, 1]) func `repeats nothing when one attempt is allowed`(maxAttempts: Int) {
        let verdict = RetryPolicy(maxAttempts: maxAttempts).verdict(
            afterAttempt: 1,
            mayBeRepeated: true,
            status: 503,
            retryAfter: nil,
            secondsLeft: 60,
            random: 0
        )
        #expect(verdict == .giveUp)
    }
}

@Suite struct `An HTTP date` {
    @Test(arguments: [
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
        ("Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799),
        ("Wed, 01 Mar 2000 00:00:00 GMT", 951_868_800),
        ("Fri, 31 Dec 2100 12:00:00 GMT", 4_133_937_600),
        ("Wed, 31 Dec 1969 23:59:59 GMT", -1),
    ])
    func `is read to the second`(text: String, seconds: Double) {
        #expect(HTTPDate.seconds(text) == seconds)
    }

    @Test(arguments: [
        "", "120", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nev 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT", "Sun, 06 Nov +994 08:49:37 GMT",
    ])
    func `in any other form is nil`(text: String) {
        #expect(HTTPDate.seconds(text) == nil)
    }

    @Test(
        arguments: [
            ("5", nil, 5.0), (" 5 ", nil, 5), ("0", nil, 0), ("", nil, nil), ("-1", nil, nil), ("1.5", nil, nil),
            ("soon", nil, nil),
            ("Sun, 06 Nov 1994 08:50:07 GMT", "Sun, 06 Nov 1994 08:49:37 GMT", 30),
            ("Sun, 06 Nov 1994 08:49:00 GMT", "Sun, 06 Nov 1994 08:49:37 GMT", 0),
            ("Sun, 06 Nov 1994 08:50:07 GMT", nil, 20), ("Sun, 06 Nov 1994 08:49:00 GMT", nil, 0),
        ] as [(String, String?, Double?)]
    )
    func `in Retry-After counts from the answer's own date, else from our clock`(
        retryAfter: String,
        date: String?,
        seconds: Double?
    ) {
        var response = HTTPResponse(503, fields: ["Retry-After": retryAfter])
        response.fields["Date"] = date
        #expect(response.retryAfterSeconds(at: 784_111_787) == seconds)
    }
}
