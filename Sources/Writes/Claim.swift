package import JSON
import OvalEdge

/// What a reply reports of the change that was sent.
package enum Claim {
    case done, partlyDone, unchanged
    /// All of it is locked, or not allowed.
    case blocked
    case failed
    /// It holds nothing that is known here.
    case unclear
    /// It holds nothing at all.
    case nothing

    /// `reply` as it came, with its wrapping.
    init(_ reply: JSON) {
        let payload = reply.payload
        let word = payload.text("status").map { Self($0) }
        let list = Self(itemsOf: payload) ?? Self(namesIn: payload)
        switch (list, word) {
        case (.partlyDone?, _), (nil, .partlyDone?): self = .partlyDone
        case (.done?, .unclear?): self = .unclear
        case (.done?, let word?): self = word
        case (let list?, _): self = list
        case (nil, let word?): self = word
        case (nil, nil) where reply["ok"]?.flag == true || reply["success"]?.flag == true: self = .done
        case (nil, nil): self = Self.isEmpty(reply) || Self.isEmpty(payload) ? .nothing : .unclear
        }
    }

    /// Of something new, which has an id if it was made.
    ///
    /// A word such as `REJECTED` next to the id may be the status of what was made, or of its making.
    package static func creation(_ reply: JSON, id: String?) -> Claim {
        let claim = Claim(reply)
        guard id != nil else { return claim }
        return claim == .failed || claim == .blocked ? .unclear : .done
    }

    /// A word of status.
    private init(_ word: String) {
        let word = word.lowercased().filter { $0.isLetter }
        switch word {
        case "success", "succeeded", "successful", "ok", "done", "updated", "complete", "completed", "created", "saved",
            "written", "associated":
            self = .done
        case "nochange", "unchanged", "notmodified", "skipped": self = .unchanged
        case _ where word.hasPrefix("partial"): self = .partlyDone
        case _ where Self.blockedEnds.contains { word.hasSuffix($0) }: self = .blocked
        case _ where Self.failedEnds.contains { word.hasSuffix($0) }: self = .failed
        default: self = .unclear
        }
    }

    private static let blockedEnds = ["blocked", "locked", "denied", "rejected", "refused"]
    private static let failedEnds = ["failed", "failure", "error"]

    /// Where several objects were to change, the outcome for all of them; nil where there was one.
    private init?(itemsOf payload: JSON) {
        guard let items = payload["results"]?.array, !items.isEmpty else { return nil }
        let claims = items.map { Self(item: $0) }
        if claims.allSatisfy({ $0 == .done || $0 == .unchanged }) {
            self = claims.contains(.done) ? .done : .unchanged
        } else if claims.contains(.done) || claims.contains(.partlyDone) {
            self = .partlyDone
        } else if claims.contains(.unclear) {
            self = .unclear
        } else {
            self = claims.contains(.failed) ? .failed : .blocked
        }
    }

    init(item: JSON) {
        let word = item.text("status").map { Self($0) }
        let failed = item.hasFalseFlag || item.reportsErrors
        if item["blocked"]?.flag == true {
            self = .blocked
        } else if failed {
            self = .failed
        } else if item["noChange"]?.flag == true {
            self = .unchanged
        } else {
            self = word ?? .done
        }
    }

    private init?(namesIn payload: JSON) {
        guard let changed = payload.first(of: "updatedFields", "updatedRoles")?.array else { return nil }
        let locked = payload.first(of: "blockedFields", "blockedRoles")?.array ?? []
        switch (changed.isEmpty, locked.isEmpty) {
        case (true, true): self = .unchanged
        case (true, false): self = .blocked
        case (false, true): self = .done
        case (false, false): self = .partlyDone
        }
    }

    private static func isEmpty(_ json: JSON) -> Bool { json == .null || json == [] || json == [:] }
}

extension Claim {
    /// What is known, once the fields were looked at.
    package func outcome(seen fields: [ReadBack]) -> WriteOutcome {
        let findings = fields.compactMap { $0.finding }
        if findings.isEmpty { return outcome }
        if findings.allSatisfy({ $0 == .asWanted }) { return self == .partlyDone ? .partlyDone : .done }
        if findings.contains(.asWanted) { return .partlyDone }
        switch outcome {
        case .done, .partlyDone, .unknown: return findings.allSatisfy { $0 == .asBefore } ? .unchanged : .unknown
        default: return outcome
        }
    }

    private var outcome: WriteOutcome {
        switch self {
        case .done: .done
        case .partlyDone: .partlyDone
        case .unchanged: .unchanged
        case .blocked: .refused
        case .failed: .failed
        case .unclear, .nothing: .unknown
        }
    }
}
