import JSON
import JSONRPC
import TestSupport
import Testing

@testable import MCP

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Clients F3: a token was good only in the process that had given it.
@Suite struct `A one-time token of several processes` {
    private let place = TemporaryDirectory()
    private var path: String { place.path + "/tokens" }

    /// What one process has of its own; the directory is what it shares.
    private func process(at seconds: Double = 1000) -> OneTimeTokens {
        let used = UsedTokensInFolder(path)
        return OneTimeTokens(seal: used.seal, used: used, purpose: "test") { seconds }
    }

    @Test func `is read and used by another than gave it, once`() async throws {
        let text = try process().token(of: "note")
        let token = try #require(try process().read(text))
        #expect(token.content == "note")
        #expect(try await process().use(token))
        #expect(try await !process().use(token))
        #expect(place.mode("tokens") == 0o700 && place.mode("tokens/tokens.key") == 0o600)
    }

    @Test func `is used by one of forty at once`() async throws {
        let text = try process().token(of: "note")
        let processes = (0..<40).map { _ in process() }
        let uses = try await withThrowingTaskGroup(of: Bool.self) { group in
            for process in processes {
                group.addTask {
                    guard let token = try process.read(text) else { return false }
                    return try await process.use(token)
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(uses == 1)
    }

    @Test func `has one key, whichever process makes it`() async throws {
        let processes = (0..<20).map { _ in process() }
        let texts = try await withThrowingTaskGroup(of: String.self) { group in
            for process in processes { group.addTask { try process.token(of: "note") } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for text in texts { #expect(try process().read(text) != nil) }
    }

    @Test func `leaves nothing behind for long`() async throws {
        for second in [1000.0, 1001, 1002] {
            let process = process(at: second)
            let token = try #require(try process.read(process.token(of: "note")))
            #expect(try await process.use(token))
        }
        #expect(place.names(in: "tokens").count { $0.hasSuffix(".used") } == 3)
        let late = process(at: 3000)
        let token = try #require(try late.read(late.token(of: "note")))
        #expect(try await late.use(token))
        #expect(place.names(in: "tokens").count { $0.hasSuffix(".used") } == 1)
    }

    @Test func `is not good where its directory cannot be used, and that is said`() async throws {
        let text = try process().token(of: "note")
        let process = process()
        let token = try #require(try process.read(text))
        chmod(path, 0o755)
        let error = try #require(await #expect(throws: TokensUnavailable.self) { try await process.use(token) })
        #expect(error.description.contains("chmod 700 '\(path)'"))
        #expect(throws: TokensUnavailable.self) { try self.process().token(of: "note") }
        #expect(place.mode("tokens") == 0o755)
    }

    @Test func `says what it was given where the system suggests nothing`() throws {
        place.write([], to: "tokens")
        let used = UsedTokensInFolder(path, remedy: "Name another one.")
        let error = try #require(throws: TokensUnavailable.self) { try used.use([1], until: 600, at: 0) }
        #expect(error.description.hasPrefix("Confirmations cannot be kept: cannot "))
        #expect(error.description.hasSuffix(". Name another one."))
    }

    @Test func `leaves nothing in a directory that is open to others`() throws {
        chmod(place.path, 0o755)
        #expect(throws: TokensUnavailable.self) { try process().token(of: "note") }
        #expect(place.names() == [] && place.mode("") == 0o755)
    }

    @Test func `is one of a bounded number`() throws {
        let used = UsedTokensInFolder(path, limit: 2)
        for id in [1, 2] as [UInt8] { #expect(try used.use([id], until: 600, at: 0)) }
        #expect(throws: TokensUnavailable.self) { try UsedTokensInFolder(path, limit: 2).use([3], until: 600, at: 0) }
    }
}

@Suite struct `The used tokens of one process` {
    /// Code R7: beyond a thousand, each use looked at all of them.
    @Test func `take as long for the last as for the first`() throws {
        let used = UsedTokensInMemory()
        let start = ContinuousClock.now
        for number in 0..<60_000 {
            #expect(try used.use([UInt8(number & 255), UInt8(number >> 8)], until: 600, at: 0))
        }
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    @Test func `are bounded, and forgotten when all of them are over`() throws {
        let used = UsedTokensInMemory(limit: 2)
        for id in [1, 2] as [UInt8] { #expect(try used.use([id], until: 600, at: 0)) }
        #expect(try !used.use([1], until: 600, at: 599))
        #expect(throws: TokensUnavailable.self) { try used.use([3], until: 1199, at: 599) }
        #expect(throws: TokensUnavailable.self) { try used.use([3], until: 1200, at: 600) }
        #expect(try used.use([3], until: 1800, at: 1200))
        #expect(try !used.use([3], until: 1800, at: 1799))
    }

    @Test func `are remembered though the clock is set back`() throws {
        let used = UsedTokensInMemory()
        #expect(try used.use([1], until: 1600, at: 1000))
        for now in [10.0, 500, 5] { #expect(try !used.use([1], until: 1600, at: now)) }
    }
}

/// Code R16: what could not be computed was equal to all else that could not.
@Suite struct `A state that cannot be sealed` {
    private struct Broken: Error {}

    @Test func `matches nothing and is an internal error`() async throws {
        let rounds = MultiRoundState(seal: Seal { throw Broken() }, used: UsedTokensInMemory()) { 0 }
        let params = JSONObject([.init("name", "x"), .init("requestState", "c3RhdGU")])
        let error = await #expect(throws: RPCError.self) {
            try await rounds.answers(of: "tools/call", params, for: .local)
        }
        #expect(error?.code == -32603)
    }
}
