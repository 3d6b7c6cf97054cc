import AuthorizationServer
import Crypto
import Logging
import TestSupport
import Testing
import Text

private typealias Fixture = AuthorizationFixture

@Suite struct `What is kept` {
    private let fixture = Fixture()

    @Test func `of a sign-in that is not decided is taken by one`() async throws {
        let end = fixture.clock.now + 900
        try await fixture.store.add(TransactionRecord(id: "a", address: "192.0.2.1", end: end, content: [1, 2, 3]))
        #expect(try await fixture.store.transaction("a")?.content == [1, 2, 3])
        let taken = await atOnce(5) { [fixture] in try await fixture.store.takeTransaction("a") }
        #expect(taken.compactMap { $0 ?? nil }.map { $0.content } == [[1, 2, 3]])
        #expect(try await fixture.store.transaction("a") == nil)
    }

    @Test func `of a sign-in ends after its time`() async throws {
        let end = fixture.clock.now + 900
        try await fixture.store.add(TransactionRecord(id: "a", address: "192.0.2.1", end: end, content: []))
        fixture.clock.advance(by: 901)
        #expect(try await fixture.store.transaction("a") == nil)
    }

    @Test func `of sign-ins of one address makes room for the newest`() async throws {
        for number in 0..<202 {
            let end = fixture.clock.now + 900 + Double(number)
            let (id, address) = ("\(number)", number == 5 ? "192.0.2.2" : "192.0.2.1")
            try await fixture.store.add(TransactionRecord(id: id, address: address, end: end, content: []))
        }
        #expect(try await fixture.store.transaction("0") == nil)
        for id in ["1", "5", "201"] { #expect(try await fixture.store.transaction(id) != nil) }
    }

    @Test func `of assertions is which were seen`() async throws {
        let end = fixture.clock.now + 300
        let first = await atOnce(5) { [fixture] in try await fixture.store.isFirst("jti", until: end) }
        #expect(first.compactMap { $0 }.filter { $0 }.count == 1)
        #expect(try await fixture.store.isFirst("another", until: end))
        fixture.clock.advance(by: 301)
        #expect(try await fixture.store.isFirst("jti", until: end + 300))
    }

    @Test func `reveals no secret in any form`() async throws {
        let folder = TemporaryDirectory()
        let (clock, key) = (fixture.clock, [UInt8](repeating: 7, count: 32))
        let records = try RecordsInFolder(folder.path + "/store", now: { clock.now })
        let fixture = Fixture(records, clock: clock, keys: [key])
        let code = try await fixture.code()
        let tokens = try await fixture.exchanged(code)
        let next = try await fixture.refreshed(tokens.refresh)
        let open = try await fixture.code()
        let dump = String(decoding: folder.contents("store/sign-ins.log"), as: UTF8.self)
        try #require(dump.contains(tokens.grant))
        let texts =
            [code, open, tokens.access, next.access].map { $0.revealed }
            + [tokens.refresh, next.refresh].compactMap { $0?.revealed }
        let contents = ["token-of-a-person", "secret-of-a-person", Fixture.verifier]
        for secret in texts.map({ String($0.dropFirst(28).prefix(43)) }) + contents {
            let bytes = Base64.decoded(secret) ?? []
            for form in [
                secret, Base64.encoded(secret), Base64.encoded(secret, .urlSafe), Array(secret.utf8).hexadecimal,
                Base64.encoded(bytes), bytes.hexadecimal,
            ] where !form.isEmpty {
                #expect(!dump.contains(form), "\(form)")
            }
        }
    }

    /// Who has the store and the file of keys still lacks a token.
    @Test func `opens with no key of the server`() async throws {
        let key = [UInt8](repeating: 7, count: 32)
        let tokens = try await fixture.signedIn()
        _ = try await fixture.refreshed(tokens.refresh)
        let grant = try #require(try await fixture.store.grant(tokens.grant))
        let wrapped = try #require(grant.refresh?.key.bytes)
        let set = Fixture.sets([key]).current
        let keys = [set.seal, set.client, set.secret, set.rotation, set.index, set.cookie, set.token, key]
        let derived = try keys.map { try Crypto.derivedKey(from: $0, purpose: "oert \(grant.id)") }
        let contexts = ["", "oert \(grant.id)", "1 \(grant.id) https://mcp.example.com"].map { Array($0.utf8) }
        for key in keys + derived {
            for context in contexts {
                #expect(try Crypto.opened(grant.box, key: key, context: context) == nil)
                #expect(try Crypto.opened(wrapped, key: key, context: context) == nil)
            }
        }
        #expect(try await fixture.issuer.opened(tokens.access).content == Fixture.content)
        try await fixture.store.revokeGrant(grant.id, for: .operator)
        let revoked = try #require(try await fixture.store.grant(grant.id))
        #expect(revoked.box == [] && revoked.refresh == nil)
    }
}
