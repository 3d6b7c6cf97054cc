package import JSON
import Logging

/// What those who use one credential exchange about the session token they share.
package struct TokenRecord: Hashable, Sendable {
    package static let schema = 1

    /// Grows with every exchange.
    var generation = 0
    /// Nil before the first exchange has succeeded.
    var token: SessionToken?
    /// Set while a process exchanges: should that process die, the token here may have been replaced unseen.
    var exchangingSince: Double?
    /// When tokens were refused long before their end.
    var contention = Contention()
    /// Until when the credential is not tried again, because OvalEdge refused it.
    var refusedUntil: Double?

    package var json: JSON {
        .members(
            ("schema", .int(Self.schema)),
            ("generation", .int(generation)),
            ("token", token.map { .string($0.secret.revealed) }),
            ("receivedAt", token.map { .double($0.receivedAt) }),
            ("expiry", token.map { .double($0.expiry) }),
            ("exchangingSince", exchangingSince.map { .double($0) }),
            ("refusals", .array(contention.refusals.map { .double($0) })),
            ("refusedUntil", refusedUntil.map { .double($0) })
        )
    }

    /// From when on nothing in it is of use; infinite for a token without an end.
    package var end: Double {
        let refusals = contention.refusals.map { $0 + Contention.window }
        // Where an exchange is under way, its outcome comes before that.
        let exchange = exchangingSince.map { $0 + Contention.window }
        return ([token?.expiry, refusedUntil, exchange].compactMap { $0 } + refusals).max() ?? 0
    }
}

extension TokenRecord {
    /// Nil for another schema, or for what is not a record.
    package init?(_ json: JSON) {
        guard json["schema"]?.int == Self.schema, let generation = json["generation"]?.int else { return nil }
        self.generation = generation
        if let text = json["token"]?.string, let receivedAt = json["receivedAt"]?.double {
            token = SessionToken(text, receivedAt: receivedAt, isAdopted: true)
        }
        exchangingSince = json["exchangingSince"]?.double
        contention = Contention(refusals: json["refusals"]?.array?.compactMap { $0.double } ?? [])
        refusedUntil = json["refusedUntil"]?.double
    }
}

/// Whether someone else keeps taking the session away, which OvalEdge grants to one at a time.
///
/// A token that is refused once long before its end is nothing: a server was restarted, an administrator cleaned up.
/// Four within a minute are a pattern; fewer are served by signing in again, which is better than to turn a call away.
struct Contention: Hashable, Sendable {
    private(set) var refusals: [Double]

    init(refusals: [Double] = []) { self.refusals = refusals }

    static let window = 60.0
    static let limit = 4

    mutating func refused(at now: Double) {
        refusals = recent(at: now) + [now]
    }

    /// What was counted at this moment was no refusal.
    mutating func withdraw(_ moment: Double) {
        if let place = refusals.lastIndex(of: moment) { refusals.remove(at: place) }
    }

    func isContended(at now: Double) -> Bool { recent(at: now).count >= Self.limit }

    /// Seconds to leave the session to the other side; 0 when nothing speaks against an exchange.
    func pause(at now: Double) -> Double {
        let recent = recent(at: now)
        guard recent.count >= Self.limit, let last = recent.last else { return 0 }
        return max(last + min(5 * Double(1 << (recent.count - Self.limit)), 30) - now, 0)
    }

    private func recent(at now: Double) -> [Double] {
        refusals.filter { $0 > now - Self.window && $0 <= now }.suffix(8)
    }
}
