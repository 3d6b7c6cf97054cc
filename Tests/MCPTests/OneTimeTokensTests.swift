import JSON
import Testing
import Text

@testable import MCP

@Suite struct `A one-time token` {
    private let seal = Seal()

    private func tokens(at seconds: Double, for purpose: String = "test") -> OneTimeTokens {
        OneTimeTokens(seal: seal, purpose: purpose) { seconds }
    }

    @Test func `brings back what it was given`() throws {
        let token = try tokens(at: 0).token(of: ["name": "orders"])
        #expect(try tokens(at: 599).read(token)?.content == ["name": "orders"])
    }

    @Test func `ends after ten minutes`() throws {
        let token = try tokens(at: 0).token(of: "note")
        #expect(try tokens(at: 600).read(token) == nil)
    }

    @Test func `is used once, however it is spelled`() async throws {
        let tokens = tokens(at: 0)
        let text = try tokens.token(of: "note")
        let spelled = Base64.encoded(try #require(Base64.decoded(text)))
        let first = try #require(try tokens.read(text))
        let second = try #require(try tokens.read(spelled))
        #expect(try await tokens.use(first))
        #expect(try await !tokens.use(first))
        #expect(try await !tokens.use(second))
    }

    @Test func `is not valid for another purpose or another key, or when it was changed`() throws {
        let token = try tokens(at: 0).token(of: "note")
        #expect(try tokens(at: 0, for: "other").read(token) == nil)
        #expect(try OneTimeTokens(seal: Seal(), purpose: "test") { 0 }.read(token) == nil)
        #expect(try tokens(at: 0).read(token.dropLast(4) + "AAAA") == nil)
        #expect(try tokens(at: 0).read("") == nil)
    }

    @Test func `outlives a change of keys as long as its own is among them`() throws {
        let (old, new) = ([UInt8](repeating: 1, count: 32), [UInt8](repeating: 2, count: 32))
        let seal = Seal(keys: [old])
        let tokens = OneTimeTokens(seal: seal, purpose: "test") { 0 }
        let token = try tokens.token(of: "note")
        seal.use([new, old])
        #expect(try tokens.read(token)?.content == "note")
        let newer = try tokens.token(of: "other")
        seal.use([new])
        #expect(try tokens.read(token) == nil)
        #expect(try tokens.read(newer)?.content == "other")
        seal.use([])
        #expect(throws: TokensUnavailable.self) { try tokens.token(of: "note") }
    }
}
