import CurlHTTP
import HTTP
import JSON
import Logging
import Testing

@testable import Commands

/// What `doctor` makes of one look at the way to OvalEdge.
@Suite struct `The way to OvalEdge` {
    private static let now = 1_800_000_000.0
    /// `now`, as a server writes it.
    private static let date = "Fri, 15 Jan 2027 08:00:00 GMT"
    private static let done = CurlInspection.Steps(lookup: 2, connection: 5, encryption: 9)

    private static func facts(isEncrypted: Bool = true, isLoopback: Bool = false, hasProxy: Bool = false)
        -> NetworkFacts
    {
        NetworkFacts(
            host: "acme.example",
            isEncrypted: isEncrypted,
            isLoopback: isLoopback,
            proxy: ("the rule", hasProxy),
            trust: "the system"
        )
    }

    private static func found(_ seen: CurlInspection, _ facts: NetworkFacts = facts()) -> [String: DoctorCheck] {
        let checks = NetworkVerdict(seen, facts, Redactor(), now: now).checks
        #expect(checks.map { $0.id } == NetworkVerdict.codes.map { $0.rawValue })
        return Dictionary(uniqueKeysWithValues: checks.map { ($0.id, $0) })
    }

    private static func answer(
        _ status: HTTPStatus = .unauthorized,
        fields: HTTPFields = [:],
        expiry: String = "Jan  1 00:00:00 2028 GMT"
    ) -> CurlInspection {
        var fields = fields
        if fields["Date"] == nil { fields["Date"] = date }
        return CurlInspection(
            .success(HTTPResponse(status, fields: fields)),
            steps: done,
            peer: "192.0.2.1",
            chain: [.init(subject: "CN = acme.example", issuer: "O = Acme, CN = Acme Root", expiry: expiry)]
        )
    }

    @Test func `is open where an answer comes`() {
        let found = Self.found(Self.answer())
        #expect(found.values.allSatisfy { $0.status == .ok })
        #expect(found["net.dns"]?.summary == "acme.example is 192.0.2.1" && found["net.dns"]?.milliseconds == 2)
        #expect(found["net.tls"]?.summary.contains("issued by Acme Root, good until Jan  1 00:00:00 2028 GMT") == true)
        #expect(found["net.proxy"]?.summary == "the rule")
    }

    @Test(
        arguments: [
            (.nameNotResolved(host: "acme.example"), "net.dns", .init()),
            (.connectionRefused(host: "acme.example"), "net.tcp", .init(lookup: 1)),
            (.notReached(host: "acme.example", detail: "no route"), "net.tcp", .init(lookup: 1)),
            (.proxyFailed(detail: "it answered 407"), "net.proxy", .init()),
            (
                .notTrusted(host: "acme.example", issuer: "Root", detail: "self-signed"), "net.tls",
                .init(lookup: 1, connection: 2)
            ),
            (.fileNotUsable(.caBundle, path: "/a.pem", detail: "it is missing"), "net.tls", .init()),
            (.timedOut(seconds: 5), "net.dns", .init()), (.timedOut(seconds: 5), "net.tcp", .init(lookup: 1)),
            (.timedOut(seconds: 5), "net.tls", .init(lookup: 1, connection: 2)),
            (.timedOut(seconds: 5), "net.http", done),
            (.cutOff(detail: "closed"), "net.http", done), (.noClient(detail: "missing"), "net.dns", .init()),
        ] as [(HTTPFailure, String, CurlInspection.Steps)]
    )
    func `ends at one step, and says what to do there`(failure: HTTPFailure, step: String, steps: CurlInspection.Steps)
    {
        let found = Self.found(
            CurlInspection(.failure(failure), steps: steps, peer: steps.lookup.map { _ in "192.0.2.1" })
        )
        #expect(found.values.filter { $0.status == .fail }.map { $0.id } == [step])
        #expect(found[step]?.fix?.text.isEmpty == false)
        let codes = NetworkVerdict.codes.map { $0.rawValue }
        let after = codes[(codes.firstIndex(of: step) ?? 0)...].dropFirst()
        #expect(after.allSatisfy { found[$0]?.status == .skip })
    }

    @Test func `shows the chain of a certificate that is not trusted`() {
        let seen = CurlInspection(
            .failure(.notTrusted(host: "acme.example", issuer: "Root", detail: "self-signed")),
            steps: .init(lookup: 1, connection: 2),
            peer: "192.0.2.1",
            chain: [.init(subject: "CN = acme.example", issuer: "CN = Root", expiry: nil)]
        )
        let details = Self.found(seen)["net.tls"]?.details
        #expect(details?["chain"]?[0]?.string == "CN = acme.example, issued by CN = Root")
        #expect(details?["trusted"]?.string == "the system")
    }

    @Test func `is worth a warning where the certificate ends soon, or nothing is encrypted`() {
        #expect(Self.found(Self.answer(expiry: "Jan 20 00:00:00 2027 GMT"))["net.tls"]?.status == .warn)
        #expect(Self.found(Self.answer(), Self.facts(isEncrypted: false))["net.tls"]?.status == .warn)
        #expect(Self.found(Self.answer(), Self.facts(isEncrypted: false, isLoopback: true))["net.tls"]?.status == .ok)
    }

    @Test(arguments: [
        ("Fri, 15 Jan 2027 08:00:50 GMT", DoctorCheck.Status.ok), ("Fri, 15 Jan 2027 08:02:00 GMT", .warn),
        ("Fri, 15 Jan 2027 07:50:00 GMT", .fail), ("soon", .skip),
    ])
    func `shows whether the clocks agree`(date: String, status: DoctorCheck.Status) {
        #expect(Self.found(Self.answer(fields: ["Date": date]))["net.clock"]?.status == status)
    }

    @Test func `ends at a sign-in page where a redirect or a page answers`() {
        let redirect = Self.answer(.found, fields: ["Location": "https://login.example/saml?secret=1"])
        let found = Self.found(redirect)["net.http"]
        #expect(found?.status == .warn && found?.summary == "acme.example redirects to login.example")
        #expect(Self.found(Self.answer(.ok, fields: ["Content-Type": "text/html"]))["net.http"]?.status == .warn)
        #expect(Self.found(Self.answer(.ok, fields: ["Content-Type": "application/json"]))["net.http"]?.status == .ok)
    }

    @Test func `leaves name and connection to a proxy`() {
        let seen = CurlInspection(
            .success(HTTPResponse(.ok, fields: ["Date": Self.date])),
            steps: Self.done,
            peer: "192.0.2.9",
            isThroughProxy: true
        )
        let found = Self.found(seen, Self.facts(hasProxy: true))
        #expect(found["net.dns"]?.status == .skip && found["net.tcp"]?.status == .skip)
        #expect(found["net.proxy"]?.summary == "the rule")
        let direct = Self.found(Self.answer(), Self.facts(hasProxy: true))
        #expect(direct["net.proxy"]?.summary == "none is used: the rule")
    }
}
