import Settings
import Testing

@testable import oe_mcp_http

@Suite struct `A ring of keys` {
    private let old = String(repeating: "0a", count: 32)
    private let new = String(repeating: "b1", count: 32)

    @Test func `has of each key others for each purpose, the newest first`() throws {
        let ring = try KeyRing(KeyFile(parsing: "\(new)\n\(old)"))
        let single = try KeyRing(KeyFile(parsing: old))
        #expect(ring.sealing.count == 2 && ring.sealing[1] == single.sealing[0])
        #expect(ring.ids.count == 2 && ring.ids[1] == single.ids[0] && ring.ids[0].count == 8)
        let all = ring.sealing + [ring.accounts]
        #expect(Set(all).count == 3 && all.allSatisfy { $0.count == 32 })
        #expect(!all.contains([UInt8](repeating: 0x0A, count: 32)))
    }

    @Test func `knows accounts by the oldest key, so that a newer one changes no session`() throws {
        let before = try KeyRing(KeyFile(parsing: old))
        let after = try KeyRing(KeyFile(parsing: "\(new)\n\(old)"))
        #expect(before.accounts == after.accounts)
        #expect(try before.accounts != KeyRing(KeyFile(parsing: new)).accounts)
    }
}
