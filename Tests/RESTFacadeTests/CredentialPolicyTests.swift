import Bridge
import HTTP
import JSON
import Logging
import Testing

@testable import RESTFacade

@Suite struct `which credential goes to the server` {
    typealias Mode = CredentialPolicy.Mode

    @Test func `is the first that fits, and no second one`() {
        for bits in 0..<16 {
            let policy = CredentialPolicy(
                exchanges: bits & 1 > 0,
                hasAnonymous: bits & 2 > 0,
                hasFixed: bits & 4 > 0,
                isSignedIn: bits & 8 > 0
            )
            let with: Mode = policy.exchanges ? .exchange : policy.hasFixed ? .fixed : .forward
            let without: Mode =
                policy.hasAnonymous ? .anonymous : policy.hasFixed ? .fixed : policy.isSignedIn ? .oauth : .none
            #expect(policy.mode(hasToken: true) == with)
            #expect(policy.mode(hasToken: false) == without)
        }
    }

    @Test func `is left out where a server is to get no credential`() {
        let policy = CredentialPolicy(exchanges: true, hasAnonymous: true, hasFixed: true, sendsNone: true)
        #expect(policy.mode(hasToken: true) == .none && policy.mode(hasToken: false) == .none)
    }

    @Test func `has the names that the guide gives them`() {
        #expect(Mode.allCases.map { $0.rawValue } == ["exchange", "anonymous", "static", "forward", "oauth", "none"])
    }
}

@Suite struct `the token of a caller` {
    private let usual = CallerToken()

    @Test func `is in the field of a proxy before it is in Authorization`() {
        let both: HTTPFields = ["X-Auth-Request-Access-Token": "one", "Authorization": "Bearer two"]
        #expect(usual.token(in: both) == Secret("one"))
        #expect(usual.token(in: ["Authorization": "bearer two"]) == Secret("two"))
        #expect(usual.token(in: ["Authorization": "Basic dTpw"]) == nil)
    }

    @Test func `is in a cookie only where that is looked at`() {
        let fields: HTTPFields = ["Cookie": "a=b; _oauth2_proxy=three", "Authorization": "Bearer two"]
        #expect(usual.token(in: fields) == Secret("two"))
        #expect(CallerToken(cookieName: "_oauth2_proxy").token(in: fields) == Secret("three"))
    }

    @Test func `is never the key of the bridge`() {
        let guarded = CallerToken(apiKey: Secret("key-of-bridge"))
        #expect(guarded.token(in: ["Authorization": "Bearer key-of-bridge"]) == nil)
        let callers = Callers(guarded, apiKey: Secret("key-of-bridge"))
        #expect(callers.areAllowed(["Authorization": "Bearer key-of-bridge"]))
        #expect(callers.areAllowed(["X-API-Key": "key-of-bridge", "Authorization": "Bearer two"]))
        #expect(!callers.areAllowed(["X-API-Key": "key-of-bridgf"]))
        #expect(!callers.areAllowed([:]))
    }

    @Test func `distinguishes callers, and is not in what distinguishes them`() {
        let callers = Callers(usual)
        let (one, other) = (
            callers.caller(["Authorization": "Bearer one-1"]), callers.caller(["Authorization": "Bearer two-2"])
        )
        #expect(one.key != other.key)
        #expect(!one.key.contains("one-1"))
        #expect(callers.caller([:]).key == callers.caller(["Authorization": "Basic dTpw"]).key)
    }
}

@Suite struct `fields that go on` {
    private let sent: HTTPFields = [
        "Host": "bridge", "Cookie": "a=b", "x-tenant": "t1", "X-Request-ID": "r1", "Connection": "x-a", "X-A": "hop",
        "Mcp-Session-Id": "s", "Authorization": "Basic dTpw", "X-Forwarded-For": "1.2.3.4", "x-inxm-mcp-session": "i",
        "Proxy-Authorization": "p", "Content-Type": "application/json", "Origin": "https://a", "User-Agent": "u",
        "TE": "trailers", "X-Auth-Request-Access-Token": "tok",
    ]

    private func names(_ configured: [String], takesAuthorization: Bool = false) -> (
        session: [String], request: [String]
    ) {
        let forwarded = ForwardedFields(configured, withholding: ["X-Auth-Request-Access-Token"])
        let (session, request) = forwarded.fields(of: sent, takesAuthorization: takesAuthorization)
        return (session.all.map { $0.name }, request.all.map { $0.name })
    }

    @Test func `are those that are named, as they are spelled there`() {
        #expect(names(["X-TENANT", "x-request-id", "X-Absent"]) == (["X-TENANT"], ["x-request-id"]))
    }

    @Test func `check 9: are never those of this hop, even where all are wanted`() {
        #expect(names(["*"]) == (["x-tenant"], ["X-Request-ID", "User-Agent"]))
        #expect(names(["Cookie", "Host", "Mcp-Session-Id", "X-A", "TE"]) == ([], []))
    }

    @Test func `have no name that another server takes for a field of this hop`() {
        let odd: HTTPFields = [
            "X_API_KEY": "k", "Mcp_Session_Id": "s", "Transfer_Encoding": "chunked", "X_Forwarded_For": "1.2.3.4",
            "Range": "bytes=0-1", "If-None-Match": "a", "If_Match": "b", "X-Real-IP": "1.2.3.4", "Remote-User": "root",
            "X-HTTP-Method-Override": "DELETE", "X-Original-URL": "/admin", "X-Good": "g",
        ]
        let all = ForwardedFields(["*"], withholding: ["X-API-Key"]).fields(of: odd, takesAuthorization: true)
        #expect(all.session.all.map { $0.name } == ["X-Good"] && all.request.all.isEmpty)
    }

    @Test(arguments: ["a\u{FFFD}b", "a\tb", "a\u{85}b"]) func `have values of plain text alone`(value: String) {
        let sent: HTTPFields = ["X-Tenant": value]
        #expect(ForwardedFields(["X-Tenant"]).fields(of: sent, takesAuthorization: false).session.all.isEmpty)
    }

    @Test func `have Authorization only where it is named and nothing else says who calls`() {
        #expect(names(["Authorization"]).session == [])
        #expect(names(["Authorization"], takesAuthorization: true).session == ["Authorization"])
        #expect(names(["*"], takesAuthorization: true).session == ["x-tenant"])
    }

    @Test func `never have the key of the bridge`() {
        let guarded = ForwardedFields(["Authorization", "X-Tenant"], key: Secret("key-of-bridge"))
        let fields: HTTPFields = ["Authorization": "Bearer key-of-bridge", "X-Tenant": "t"]
        #expect(guarded.fields(of: fields, takesAuthorization: true).session.all.map { $0.name } == ["X-Tenant"])
    }

    @Test func `have no field twice`() {
        var twice = sent
        twice.append("X-Tenant", "t2")
        #expect(ForwardedFields(["X-Tenant"]).fields(of: twice, takesAuthorization: false).session.all.isEmpty)
    }
}
