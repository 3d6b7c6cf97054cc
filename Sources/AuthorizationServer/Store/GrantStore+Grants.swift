import JSON

/// What came of taking a code.
package enum CodeTaking: Hashable, Sendable {
    case taken
    /// By someone else, or earlier.
    case used(CodeRecord)
    case none
}

/// What came of presenting a refresh token.
package enum Rotation: Hashable, Sendable {
    /// Another one is good from now on.
    case rotated(GrantRecord)
    /// It was replaced a moment ago; its successor is still the same.
    case same(GrantRecord)
    /// It was replaced longer ago, and its grant has ended because of that.
    case reuse(GrantRecord)
    /// There is no such grant, or it has ended.
    case none
}

/// A refresh token and what follows from it.
package struct RefreshTurn: Sendable {
    package let grant: String
    /// SHA-256 of the secret that was presented.
    package let presented: [UInt8]
    package let successor: RefreshState
    package let access: AccessRecord
    package let accessHash: [UInt8]
    /// For so many seconds, and so many times, the one before is still taken.
    package let grace: Double
    package let mostRepeats: Int
}

// Codes.
extension GrantStore {
    /// For how long a code that was used is remembered.
    static let usedCodeSeconds = 600.0
    static let mostCodeFailures = 3

    /// Keeps a grant with the code that leads to it; it ends with the code unless that is exchanged.
    package func begin(_ grant: GrantRecord, code: CodeRecord, hash: [UInt8]) async throws(GrantsUnavailable) {
        _ = try await change([]) { _, change in
            change.puts = [Self.put(grant), .init(Self.name(ofCode: hash), code.json.bytes, end: code.end)]
        }
    }

    /// Keeps a grant that begins with an access token, and has no code.
    package func begin(_ grant: GrantRecord, access: AccessRecord, hash: [UInt8]) async throws(GrantsUnavailable) {
        _ = try await change([]) { _, change in change.puts = [Self.put(grant), Self.put(access, hash: hash)] }
    }

    /// Also one that was used.
    package func code(_ hash: [UInt8]) async throws(GrantsUnavailable) -> CodeRecord? {
        try await record(Self.name(ofCode: hash))
    }

    /// Counts a failed attempt to exchange it; the third deletes it.
    package func failCode(_ hash: [UInt8]) async throws(GrantsUnavailable) {
        let name = Self.name(ofCode: hash)
        _ = try await change([name]) { found, change in
            guard var code = found[0].flatMap({ CodeRecord(storedBytes: $0) }), code.used == nil else { return }
            code.failures += 1
            if code.failures >= Self.mostCodeFailures {
                change.drops = [name, Self.name(ofGrant: code.grant)]
            } else {
                change.puts = [.init(name, code.json.bytes, end: code.end)]
            }
        }
    }

    /// Exchanges a code for the first tokens of its grant, in one step.
    package func takeCode(
        _ hash: [UInt8],
        of grant: String,
        refresh: RefreshState?,
        access: AccessRecord,
        accessHash: [UInt8]
    ) async throws(GrantsUnavailable) -> CodeTaking {
        let now = now()
        let names = [Self.name(ofCode: hash), Self.name(ofGrant: grant)]
        return try await change(names) { found, change in
            guard var code = found[0].flatMap({ CodeRecord(storedBytes: $0) }), code.grant == grant else {
                return .none
            }
            if code.used != nil { return .used(code) }
            guard var grant = found[1].flatMap({ GrantRecord(storedBytes: $0) }), grant.revocation == nil else {
                return .none
            }
            code.used = now
            grant.refresh = refresh
            grant.lastIssue = now
            grant.idleEnd = max(refresh?.end ?? access.end, access.end)
            change.puts = [
                .init(names[0], code.json.bytes, end: now + Self.usedCodeSeconds), Self.put(grant),
                Self.put(access, hash: accessHash),
            ]
            return .taken
        }
    }
}

// Grants and their tokens.
extension GrantStore {
    package func grant(_ id: String) async throws(GrantsUnavailable) -> GrantRecord? {
        try await record(Self.name(ofGrant: id))
    }

    /// Those in use; with `owners`, of one person, known by these digests.
    package func grants(of owners: [[UInt8]]? = nil) async throws(GrantsUnavailable) -> [GrantRecord] {
        var grants: [String: GrantRecord] = [:]
        for list in owners?.map({ Self.listName(ofOwner: $0) }) ?? [Self.allGrants] {
            for bytes in try await records.records(inList: list) {
                let grant: GrantRecord = try Self.read(bytes)
                grants[grant.id] = grant
            }
        }
        return grants.values.filter { $0.isInUse }.sorted { ($0.created, $0.id) < ($1.created, $1.id) }
    }

    /// What an access token is good for; nil for one that is unknown, has ended or was revoked.
    package func access(
        _ hash: [UInt8],
        of grant: String
    ) async throws(GrantsUnavailable) -> (access: AccessRecord, grant: GrantRecord)? {
        try access(try await records.records([Self.name(ofAccess: hash), Self.name(ofGrant: grant)]), of: grant)
    }

    /// The same without waiting; nil where another machine has to be asked.
    func accessAtHand(
        _ hash: [UInt8],
        of grant: String
    ) throws(GrantsUnavailable) -> (access: AccessRecord, grant: GrantRecord)?? {
        guard let found = records.recordsAtHand([Self.name(ofAccess: hash), Self.name(ofGrant: grant)]) else {
            return nil
        }
        return .some(try access(found, of: grant))
    }

    private func access(
        _ found: [[UInt8]?],
        of id: String
    ) throws(GrantsUnavailable) -> (access: AccessRecord, grant: GrantRecord)? {
        guard let first = found[0], let second = found[1] else { return nil }
        let (access, grant): (AccessRecord, GrantRecord) = (try Self.read(first), try Self.read(second))
        return access.grant == id && access.end > now() && grant.isInUse ? (access, grant) : nil
    }

    /// Takes a refresh token and makes its successor the good one, in one step.
    package func rotate(_ turn: RefreshTurn) async throws(GrantsUnavailable) -> Rotation {
        let now = now()
        let rotation: Rotation = try await change([Self.name(ofGrant: turn.grant)]) { found, change in
            guard var grant = found[0].flatMap({ GrantRecord(storedBytes: $0) }) else { return .none }
            let rotation = grant.rotate(turn, at: now)
            if rotation == .none { return .none }
            change.puts = [Self.put(grant)]
            if grant.isInUse { change.puts.append(Self.put(turn.access, hash: turn.accessHash)) }
            return rotation
        }
        if case .reuse = rotation { opened.forgetAll() }
        return rotation
    }

    /// Ends a grant and all its tokens; false when it is not there, or has ended already.
    @discardableResult
    package func revokeGrant(_ id: String, for reason: GrantRevocation.Reason) async throws(GrantsUnavailable) -> Bool {
        let now = now()
        let isRevoked = try await change([Self.name(ofGrant: id)]) { found, change in
            guard var grant = found[0].flatMap({ GrantRecord(storedBytes: $0) }), grant.revocation == nil else {
                return false
            }
            grant.revoke(for: reason, at: now)
            change.puts = [Self.put(grant)]
            return true
        }
        opened.forgetAll()
        return isRevoked
    }

    /// Ends one access token.
    package func revokeAccess(_ hash: [UInt8]) async throws(GrantsUnavailable) {
        let name = Self.name(ofAccess: hash)
        _ = try await change([name]) { found, change in
            if found[0] != nil { change.drops = [name] }
        }
        opened.forgetAll()
    }
}

extension GrantRecord {
    /// For how long a grant that was taken back is remembered, with the reason.
    private static let revokedSeconds = 86_400.0
    /// And one that made room for others, of which there may be many.
    private static let replacedSeconds = 60.0

    /// What was sealed goes at once.
    mutating func revoke(for reason: GrantRevocation.Reason, at now: Double) {
        revocation = GrantRevocation(reason: reason, time: now)
        box = []
        refresh = nil
        idleEnd = min(idleEnd, now + (reason == .tooMany ? Self.replacedSeconds : Self.revokedSeconds))
    }

    mutating func rotate(_ turn: RefreshTurn, at now: Double) -> Rotation {
        guard revocation == nil, let current = refresh, current.end > now, end > now else { return .none }
        if turn.presented == current.hash {
            var next = turn.successor
            next.former = RefreshState.Former(hash: current.hash, replaced: now, repeats: 0)
            refresh = next
            lastIssue = now
            idleEnd = max(next.end, turn.access.end)
            return .rotated(self)
        }
        guard var former = current.former, former.hash == turn.presented, now - former.replaced <= turn.grace,
            former.repeats < turn.mostRepeats
        else {
            revoke(for: .refreshTokenReuse, at: now)
            return .reuse(self)
        }
        former.repeats += 1
        refresh?.former = former
        lastIssue = now
        return .same(self)
    }
}
