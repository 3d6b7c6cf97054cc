import Testing

@testable import OvalEdge

@Suite struct `The life of a token` {
    private static let refusal = OvalEdgeError(.notSignedIn, "Refused.", remedy: .text("Check."))
    private static let silence = OvalEdgeError(.unreachable, "Silent.", remedy: .text("Wait."))

    @Test func `begins with one fetch, for which all others wait`() {
        var life = TokenLifecycle()
        #expect(life.tokenWanted(at: 0) == .fetch)
        #expect(life.tokenWanted(at: 0) == .wait)
        let first = token(at: 0, life: 3600)
        life.fetched(first)
        #expect(life.tokenWanted(at: 1) == .use(first))
    }

    @Test func `takes four fetches for an hour of twenty-minute tokens`() {
        var life = TokenLifecycle()
        var fetches: [Double] = []
        for second in 0..<3600 {
            let now = Double(second)
            switch life.tokenWanted(at: now) {
            case .fetch:
                fetches.append(now)
                life.fetched(token(at: now, life: 1200))
            case .use(let token): #expect(token.expiry - now > 60)
            default: Issue.record("neither used nor fetched at \(now)")
            }
        }
        #expect(fetches == [0, 1140, 2280, 3420])
    }

    @Test func `ends when the token is refused`() {
        var life = TokenLifecycle()
        _ = life.tokenWanted(at: 0)
        let first = token(1, at: 0, life: 3600)
        life.fetched(first)
        #expect(life.rejected(first) == true)
        #expect(life.tokenWanted(at: 1) == .fetch)
    }

    @Test func `is not touched by the refusal of an older token`() {
        var life = TokenLifecycle()
        _ = life.tokenWanted(at: 0)
        let newer = token(2, at: 0, life: 3600)
        life.fetched(newer)
        #expect(life.rejected(token(1, at: 0, life: 3600)) == false)
        #expect(life.tokenWanted(at: 1) == .use(newer))
    }

    @Test func `goes on with the old token when it cannot be renewed yet`() {
        var life = TokenLifecycle()
        _ = life.tokenWanted(at: 0)
        let first = token(at: 0, life: 3600)
        life.fetched(first)
        #expect(life.tokenWanted(at: 3540) == .fetch)
        #expect(life.fetchFailed(Self.silence, at: 3541) == first)
        #expect(life.tokenWanted(at: 3542) == .use(first))
        #expect(life.tokenWanted(at: 3543) == .fetch)
        #expect(life.fetchFailed(Self.silence, at: 3600) == nil)
        #expect(life.tokenWanted(at: 3600) == .refuse(Self.silence))
    }

    @Test func `does not go back to an old token that was refused`() {
        var life = TokenLifecycle()
        _ = life.tokenWanted(at: 0)
        let first = token(at: 0, life: 3600)
        life.fetched(first)
        _ = life.tokenWanted(at: 3540)
        #expect(life.rejected(first) == true)
        #expect(life.fetchFailed(Self.silence, at: 3541) == nil)
    }

    @Test(arguments: [(refusal, [0, 1, 2, 4, 8, 16, 30, 30.0]), (silence, [0, 0.5, 1, 2, 4, 5, 5, 5.0])])
    func `leaves a server alone for longer and longer`(_ error: OvalEdgeError, _ pauses: [Double]) {
        var life = TokenLifecycle()
        var now = 1000.0
        for pause in pauses {
            #expect(life.tokenWanted(at: now) == .fetch)
            #expect(life.fetchFailed(error, at: now) == nil)
            if pause > 0 { #expect(life.tokenWanted(at: now + pause - 0.01) == .refuse(error)) }
            now += pause
        }
    }

    @Test func `is forgiven with the first success`() {
        var life = TokenLifecycle()
        for now in [0, 0, 1, 3, 7.0] {
            #expect(life.tokenWanted(at: now) == .fetch)
            _ = life.fetchFailed(Self.refusal, at: now)
        }
        #expect(life.tokenWanted(at: 15) == .fetch)
        let good = token(at: 15, life: 100)
        life.fetched(good)
        #expect(life.rejected(good) == true)
        #expect(life.tokenWanted(at: 15) == .fetch)
        _ = life.fetchFailed(Self.refusal, at: 15)
        #expect(life.tokenWanted(at: 15) == .fetch)
    }

    @Test func `does not remember a failure for which no one waited`() {
        var life = TokenLifecycle()
        for _ in 0..<5 {
            #expect(life.tokenWanted(at: 0) == .fetch)
            _ = life.fetchFailed(Self.refusal, at: 0, wasAwaited: false)
        }
        #expect(life.tokenWanted(at: 0) == .fetch)
    }

    @Test func `is not held up by a clock that was set back`() {
        var life = TokenLifecycle()
        for _ in 0..<2 {
            _ = life.tokenWanted(at: 10_000)
            _ = life.fetchFailed(Self.refusal, at: 10_000)
        }
        #expect(life.tokenWanted(at: 10_000.5) == .refuse(Self.refusal))
        #expect(life.tokenWanted(at: 5000) == .fetch)
    }
}
