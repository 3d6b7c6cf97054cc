import Logging
import MCP
import OvalEdge
import OvalEdgeTools
import Synchronization
import TestSupport
import Testing

@Suite final class `A pool of accounts`: Sendable {
    private let clock = TestClock()
    private let made = Mutex<[String]>([])

    private func pool(capacity: Int = 3) -> AccountPool {
        AccountPool(
            capacity: capacity,
            idleSeconds: 60,
            now: { [clock] in clock.now },
            remedies: .neutral,
            log: .none,
            access: { _ in ToolAccess() }
        ) { [self] principal in
            made.withLock { $0.append(principal.id.subject) }
            return .refused(
                OvalEdgeError(.notAllowed, "\(principal.id.subject).", remedy: .text("Ask.")),
                remedies: .neutral,
                log: .none
            )
        }
    }

    private func made(_ body: (AccountPool) async throws -> Void, capacity: Int = 3) async rethrows -> [String] {
        try await body(pool(capacity: capacity))
        return made.withLock { $0 }
    }

    private func who(_ account: Account) async -> String? {
        do {
            _ = try await account.ovalEdge()
            return nil
        } catch {
            return error.what
        }
    }

    @Test func `makes an account once for each person, whatever they may do`() async {
        let names = await made { pool in
            for scopes: Set<String>? in [nil, ["read"], ["read", "write"]] {
                #expect(await who(pool.account(for: Principal("ann", scopes: scopes))) == "ann.")
            }
        }
        #expect(names == ["ann"])
    }

    @Test func `distinguishes the people of two issuers`() async {
        let names = await made { pool in
            _ = pool.account(for: Principal("ann", issuer: "https://a.example"))
            _ = pool.account(for: Principal("ann", issuer: "https://b.example"))
            _ = pool.account(for: Principal("ann"))
        }
        #expect(names == ["ann", "ann", "ann"])
    }

    @Test func `gives the place of the one that was used least recently`() async {
        let names = await made { pool in
            for name in ["a", "b", "c", "a", "d", "a", "b"] {
                _ = pool.account(for: Principal(name))
                clock.advance(by: 1)
            }
            #expect(pool.count == 3)
        }
        #expect(names == ["a", "b", "c", "d", "b"])
    }

    @Test func `ends what was not used for a while`() async {
        let names = await made { pool in
            _ = pool.account(for: Principal("a"))
            clock.advance(by: 61)
            _ = pool.account(for: Principal("b"))
            #expect(pool.count == 1)
        }
        #expect(names == ["a", "b"])
    }

    @Test func `starts again after an end`() async {
        let names = await made { pool in
            _ = pool.account(for: Principal("a"))
            pool.end(Principal("a").id)
            _ = pool.account(for: Principal("a"))
        }
        #expect(names == ["a", "a"])
    }

    @Test func `has no account for a sign-in that has expired`() async {
        let names = await made { pool in
            let principal = Principal("a", expiry: clock.now + 10)
            #expect(await who(pool.account(for: principal)) == "a.")
            clock.advance(by: 10)
            #expect(await who(pool.account(for: principal)) == "The sign-in of this session has expired.")
        }
        #expect(names == ["a"])
    }
}
