import JSON
import MCP

@testable import StreamableHTTP

extension FuzzTarget {
    /// Only what was sealed here names a session, letter for letter, and it says of it what was agreed to.
    static let sessionIDs = FuzzTarget("session-ids") { bytes in
        let seal = Seal(keys: [[UInt8](repeating: 7, count: 32)])
        let text = String(decoding: bytes, as: UTF8.self)
        try hold(SessionID(text, seal) == nil, "It names a session that was never agreed to: \(text)")
        if let place = ResumableStream.place(in: text) {
            let again = ResumableStream.place(in: "\(place.stream)-\(place.place)")
            try hold(again.map { $0 == place } == true, "An event has another place: \(text)")
        }
        var dice = Dice(bytes)
        let (revision, level, place, mask) = (dice.byte(), dice.byte(), dice.byte(), dice.byte())
        let lines = String(decoding: dice.rest, as: UTF8.self).split(separator: "\n", maxSplits: 3)
        // Nobody is called anything longer, nor is a client.
        let names = lines.prefix(3).map { String($0.unicodeScalars.prefix(100)) }
        let declared = lines.count > 3 ? (try? JSON(parsing: Array(lines[3].utf8))) : nil
        let id = SessionID(
            principal: Principal(names.first ?? "", issuer: names.count > 1 ? names[1] : nil).id,
            state: SessionState(
                Revision.allCases[Int(revision) % Revision.allCases.count],
                clientCapabilities: declared ?? [:],
                clientName: names.count > 2 ? names[2] : nil,
                logLevel: level % 2 == 0
                    ? nil : ClientLog.Level.allCases[Int(level / 2) % ClientLog.Level.allCases.count]
            ),
            end: Double(mask)
        )
        try checkSealed(id, seal, place: Int(place), mask: mask)
    }

    private static func checkSealed(_ id: SessionID, _ seal: Seal, place: Int, mask: UInt8) throws {
        guard let sealed = id.sealed(by: seal) else { throw Broken("It was not sealed.") }
        try hold(sealed.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "An id cannot stand in a field: \(sealed)")
        guard let opened = SessionID(sealed, seal) else { throw Broken("It names no session: \(sealed)") }
        let isSame = opened.principal == id.principal && opened.end == id.end
        try hold(isSame && opened.state.revision == id.state.revision, "It names another session: \(opened)")
        try hold(opened.state.logLevel == id.state.logLevel, "It logs from another level on.")
        var changed = Array(sealed.utf8)
        changed[(place * 37 + Int(mask)) % changed.count] ^= max(mask, 1)
        for other in [String(decoding: changed, as: UTF8.self), sealed + "=", String(sealed.dropLast())] {
            try hold(SessionID(other, seal) == nil, "Another text names the same session: \(other)")
        }
        try hold(SessionID(sealed, Seal(keys: [[UInt8](repeating: 8, count: 32)])) == nil, "Another key opens it.")
    }
}
