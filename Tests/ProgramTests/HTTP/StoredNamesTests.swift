import JSON
import Logging
import MCP
import Testing

@testable import OvalEdge
@testable import oe_mcp_http

@Suite struct `The names of keys in the shared store` {
    private let names = StoreNames(key: [UInt8](repeating: 1, count: 32))

    @Test func `are the same for the same key, and others for any other thing or key`() throws {
        let name = try names.name(of: "token", "https://acme.net", "ann", "secret")
        #expect(try name == names.name(of: "token", "https://acme.net", "ann", "secret"))
        let others = [
            try names.name(of: "token", "https://acme.net", "ann", "secret2"),
            try names.name(of: "token", "https://acme.net", "anns", "ecret"),
            try names.name(of: "token", "https://other.net", "ann", "secret"),
            try names.name(of: "used", "https://acme.net", "ann", "secret"),
            try StoreNames(key: [UInt8](repeating: 2, count: 32)).name(
                of: "token",
                "https://acme.net",
                "ann",
                "secret"
            ),
        ]
        #expect(Set(others + [name]).count == 6)
    }

    @Test func `have one tag each, and nothing of what they stand for`() throws {
        let name = try names.name(of: "token", "https://acme.net", "ann-token", "ann-secret")
        #expect(name.wholeMatch(of: /oe-mcp:\{[0-9a-f]{32}\}:/) != nil)
    }

    @Test func `are part of the seal, so that a record is of no use in another place`() throws {
        let seal = Seal(keys: [[UInt8](repeating: 3, count: 32)])
        var record = TokenRecord()
        record.refusedUntil = 5
        let other = Seal(keys: [[UInt8](repeating: 4, count: 32)])
        let here = try RecordSeal(seal, name: "oe-mcp:{a}:", credential: "ann")
        let sealed = try here.sealed(record)
        #expect(try here.opened(sealed) == record)
        #expect(try RecordSeal(seal, name: "oe-mcp:{b}:", credential: "ann").opened(sealed) == nil)
        #expect(try RecordSeal(other, name: "oe-mcp:{a}:", credential: "ann").opened(sealed) == nil)
        // The keys of the instances alone open no one's.
        #expect(try RecordSeal(seal, name: "oe-mcp:{a}:", credential: "bob").opened(sealed) == nil)
        #expect(try seal.opened(sealed, for: "confirmation token") == nil)
    }
}
