import Logging
import OvalEdge
import Synchronization
import TestSupport
import Testing

@Suite struct `Session tokens got with tokens of an identity provider` {
    private let clock = TestClock(1000)
    private let redactor = Redactor()

    /// Appends a letter to what is presented; the calls so far are in the order in which they came.
    private final class Provider: Sendable {
        let asked = Mutex<[String]>([])
        let refused = Mutex<Set<String>>([])
        let failure = Mutex<OvalEdgeError?>(nil)

        func derive(_ token: PresentedToken, at now: Double) throws(OvalEdgeError) -> SessionToken {
            asked.withLock { $0.append(token.secret.revealed) }
            if let failure = failure.withLock({ $0 }) { throw failure }
            if refused.withLock({ $0.contains(token.secret.revealed) }) {
                throw OvalEdgeError(.notSignedIn, "It was withdrawn.", remedy: .text("Sign in again."))
            }
            return SessionToken(token.secret.revealed + "-derived", receivedAt: now)
        }
    }

    private let provider = Provider()

    private func source() -> DelegatedTokenSource {
        DelegatedTokenSource(redactor: redactor, now: { [clock] in clock.now }) {
            [provider, clock] token throws(OvalEdgeError) in try provider.derive(token, at: clock.now)
        }
    }

    private func token(_ text: String, _ end: Double) -> PresentedToken { PresentedToken(Secret(text), expiry: end) }

    private func derived(_ source: DelegatedTokenSource, insteadOf refused: SessionToken? = nil) async throws -> String
    {
        try await source.token(insteadOf: refused).secret.revealed
    }

    @Test func `never outlive it`() async throws {
        let source = source()
        _ = source.present(token("first", 1100))
        let session = try await source.token(insteadOf: nil)
        #expect(session.expiry == 1100 && session.renewal == 1100)
        clock.advance(by: 100)
        await #expect(throws: OvalEdgeError.self) { try await source.token(insteadOf: nil) }
        #expect(provider.asked.withLock { $0 } == ["first"])
    }

    @Test func `come from the one that ends last, and of two from the newer`() async throws {
        let source = source()
        #expect(!source.present(token("first", 2000)))
        #expect(!source.present(token("first", 2000)))
        #expect(source.present(token("second", 2000)))
        #expect(try await derived(source) == "second-derived")
        #expect(!source.present(token("shorter", 1500)))
        #expect(!source.present(token("first", 2000)))
        #expect(try await derived(source) == "second-derived")
        #expect(source.present(token("longer", 3000)))
        #expect(try await derived(source) == "longer-derived")
    }

    @Test func `come for a minute at most from one that is presented no more, where another is`() async throws {
        let source = source()
        _ = source.present(token("withdrawn", 9000))
        #expect(!source.present(token("other", 8000)))
        #expect(try await derived(source) == "withdrawn-derived")
        clock.advance(by: 60)
        #expect(!source.present(token("other", 8000)))
        clock.advance(by: 1)
        #expect(source.present(token("other", 8000)), "what was got with the first is not used any more")
        #expect(try await derived(source) == "other-derived")
        // Who has one only goes on with it, however seldom.
        clock.advance(by: 3600)
        #expect(!source.present(token("other", 8000)))
        #expect(source.present(token("newer", 9000)))
    }

    @Test func `come from another that was presented where it is refused`() async throws {
        let source = source()
        _ = source.present(token("first", 2000))
        _ = source.present(token("second", 3000))
        provider.refused.withLock { _ = $0.insert("second") }
        #expect(try await derived(source) == "first-derived")
        // It is presented again with every request, and that alone makes nobody ask again.
        #expect(!source.present(token("second", 3000)))
        provider.refused.withLock { _ = $0.insert("first") }
        await #expect(throws: OvalEdgeError.self) { try await source.token(insteadOf: nil) }
        // A new sign-in ends what was remembered of the failure.
        #expect(source.present(token("third", 2500)))
        #expect(try await derived(source) == "third-derived")
    }

    @Test func `are not got again where the provider cannot be asked`() async throws {
        let source = source()
        _ = source.present(token("first", 2000))
        provider.failure.withLock { $0 = OvalEdgeError(.unavailable, "It is down.", remedy: .wait(seconds: nil)) }
        await #expect(throws: OvalEdgeError.self) { try await source.token(insteadOf: nil) }
        provider.failure.withLock { $0 = nil }
        #expect(try await derived(source) == "first-derived")
    }

    @Test func `are not handed out once more when OvalEdge has refused them`() async throws {
        let source = source()
        _ = source.present(token("first", 2000))
        let refused = try await source.token(insteadOf: nil)
        await #expect(throws: OvalEdgeError.self) { try await source.token(insteadOf: refused) }
    }

    @Test func `keep what was presented out of the log, as long as it is of use`() async throws {
        let source = source()
        let end = 2000.0
        func present(_ number: Int) {
            _ = source.present(token("presented-token-number-\(number)", end + Double(number)))
        }
        present(1)
        _ = try await source.token(insteadOf: nil)
        #expect(redactor.redacted("presented-token-number-1") != "presented-token-number-1")
        for number in 2...6 { present(number) }
        _ = try await source.token(insteadOf: nil)
        #expect(redactor.redacted("presented-token-number-6") != "presented-token-number-6")
        #expect(redactor.redacted("presented-token-number-1") == "presented-token-number-1")
    }
}

@Suite struct `A session token that is to end with another` {
    @Test func `is used up to that moment, and no more`() {
        let token = SessionToken("opaque-token-1234567890", receivedAt: 1000)
        #expect(token.ending(by: 1010).expiry == 1010 && token.ending(by: 1010).renewal == 1010)
        #expect(token.ending(by: 1_000_000) == token)
    }
}

@Suite struct `A broker whose tokens are to come from elsewhere` {
    @Test func `asks again, although the one in hand is good`() async throws {
        let broker = TokenBroker(Source(), log: .none, renewsAhead: false)
        let first = try await broker.token()
        #expect(try await broker.token() == first)
        broker.forget()
        #expect(try await broker.token() != first)
    }

    private final class Source: TokenSource {
        private let count = Atomic(0)

        func token(insteadOf refused: SessionToken?) async throws(OvalEdgeError) -> SessionToken {
            let number = count.add(1, ordering: .relaxed).newValue
            return SessionToken("opaque-token-\(number)-1234567890", receivedAt: SessionClock.system.now())
        }
    }
}
