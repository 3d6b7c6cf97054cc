import CurlHTTP
import HTTP
import TestSupport
import Testing

@Suite struct `A look at the way to a server` {
    private func look(_ url: String, _ change: (inout CurlConfiguration) -> Void = { _ in }) async -> CurlInspection {
        var configuration = CurlConfiguration(timeout: .seconds(5), proxy: "")
        change(&configuration)
        return await withCheckedContinuation { continuation in
            onThread { [configuration] in
                continuation.resume(returning: CurlInspection(of: HTTPRequest(.get, url), configuration))
            }
        }
    }

    @Test func `says when each step was done, and at which address`() async throws {
        let server = try LoopbackServer.answering { _ in ok("here") }
        let seen = await look(server.url)
        #expect(try seen.outcome.get().text == "here")
        #expect(seen.peer == "127.0.0.1" && !seen.isThroughProxy)
        #expect(seen.steps.lookup != nil && seen.steps.connection != nil && seen.steps.encryption == nil)
        #expect(seen.chain.isEmpty)
    }

    @Test func `ends where there is no connection`() async {
        let seen = await look("http://127.0.0.1:9/")
        #expect(throws: HTTPFailure.connectionRefused(host: "127.0.0.1")) { try seen.outcome.get() }
        #expect(!seen.isConnected)
    }

    @Test func `ends where the name is not known`() async {
        let seen = await look("http://name.invalid/")
        #expect(throws: HTTPFailure.nameNotResolved(host: "name.invalid")) { try seen.outcome.get() }
        #expect(!seen.isConnected)
    }

    @Test func `says how far it came where the other side is silent`() async throws {
        let server = try LoopbackServer { _ = $0.request() }
        let seen = await look("https://127.0.0.1:\(server.port)/") { $0.timeout = .milliseconds(200) }
        #expect(throws: HTTPFailure.timedOut(seconds: 0.2)) { try seen.outcome.get() }
        #expect(seen.isConnected && seen.steps.encryption == nil)
    }

    @Test func `goes through a proxy where there is one`() async throws {
        let proxy = try LoopbackServer.answering { ok($0.line) }
        let seen = await look("http://catalog.example.com/") { $0.proxy = proxy.url }
        #expect(try seen.outcome.get().text.hasPrefix("GET http://catalog.example.com/"))
        #expect(seen.isThroughProxy)
    }

    @Test(.enabled(if: CertificateAuthority.isPossible, "the command openssl is not installed"))
    func `shows the chain of a server, trusted or not`() async throws {
        let authority = try await CertificateAuthority(named: "Private Test Root")
        let server = try await authority.server()
        let url = "https://localhost:\(server.port)/"
        let trusted = await look(url) { $0.caBundle = authority.caBundle }
        #expect(try trusted.outcome.get().status == 200)
        #expect(trusted.steps.encryption != nil)
        #expect(trusted.chain.first?.issuer.contains("Private Test Root") == true)
        let foreign = await look(url)
        guard case .failure(.notTrusted("localhost", "Private Test Root", _, .authority)) = foreign.outcome else {
            Issue.record("\(foreign.outcome)")
            return
        }
        #expect(foreign.isConnected && foreign.steps.encryption == nil)
        #expect(foreign.chain.first?.subject.contains("server") == true)
        #expect(foreign.chain.first?.expiry?.hasSuffix("GMT") == true)
    }
}
