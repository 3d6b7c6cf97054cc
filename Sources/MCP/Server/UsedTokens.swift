import Crypto
import Files
import Synchronization
import Text

/// Which one-time tokens came back already.
package protocol UsedTokens: Sendable {
    /// True for the first use of what `id` names, by whichever of those who share this list.
    ///
    /// From `end` on (seconds since 1970) the token is good no more, and may be forgotten.
    func use(_ id: [UInt8], until end: Double, at now: Double) async throws(TokensUnavailable) -> Bool
}

/// The list of one process: two halves, of which the older is dropped whole when all in it is over.
package final class UsedTokensInMemory: UsedTokens {
    private struct State {
        var recent: Set<[UInt8]> = []
        var older: Set<[UInt8]> = []
        var since = -Double.infinity
    }

    private let state = Mutex(State())
    private let limit: Int

    /// With more than `limit` tokens in a lifetime no further one is good.
    package init(limit: Int = 1 << 16) { self.limit = limit }

    package func use(_ id: [UInt8], until end: Double, at now: Double) throws(TokensUnavailable) -> Bool {
        let (isFirst, isFull) = state.withLock { state in
            if now >= state.since + OneTimeTokens.lifetime {
                state.older = state.recent
                state.recent = []
                state.since = now
            }
            // A clock that was set back must not keep a half for ever.
            state.since = min(state.since, now)
            guard !state.recent.contains(id), !state.older.contains(id) else { return (false, false) }
            guard state.recent.count + state.older.count < limit else { return (false, true) }
            state.recent.insert(id)
            return (true, false)
        }
        if isFull { throw .tooMany }
        return isFirst
    }
}

/// The list of all processes of one user on one machine, and the key of their seals, in a private directory.
///
/// A used token is an empty file, whose name is made of its end and its id: of all who use it at once, one can make the
/// file. Where the directory cannot be used no token is good, since it could be good twice.
package final class UsedTokensInFolder: UsedTokens {
    package let path: String
    private let limit: Int
    private let remedy: String
    /// When this process last swept away what is over.
    private let swept = Mutex(-Double.infinity)

    private static let key = "tokens.key"
    private static let suffix = ".used"

    /// `remedy` is a sentence for an error of the directory that suggests none itself.
    package init(_ path: String, limit: Int = 1 << 16, remedy: String = "Fix the directory.") {
        self.path = path
        self.limit = limit
        self.remedy = remedy
    }

    /// With the key of this directory, which is made when it is first needed.
    package var seal: Seal { Seal { [self] in try sealKey() } }

    /// It is made only in a directory that is closed to others itself.
    private func opened() throws(FileError) -> PrivateDirectory {
        if let slash = path.lastIndex(of: "/"), slash > path.startIndex {
            _ = try PrivateDirectory(String(path[..<slash]))
        }
        return try PrivateDirectory(path)
    }

    private func sealKey() throws(TokensUnavailable) -> [UInt8] {
        do {
            let folder = try opened()
            if !folder.holds(Self.key) { _ = try folder.create(Self.key, with: try Crypto.randomBytes(32)) }
            guard let key = folder.contents(of: Self.key, limit: 64), key.count == 32 else {
                throw FileError(
                    "\(path)/\(Self.key) is not a private file of 32 bytes",
                    remedy: "Remove it: a new one is made."
                )
            }
            return key
        } catch {
            throw unavailable(error)
        }
    }

    package func use(_ id: [UInt8], until end: Double, at now: Double) throws(TokensUnavailable) -> Bool {
        do {
            let folder = try opened()
            try sweep(folder, at: now)
            return try folder.mark("\(Int(min(max(end, 0), 1e12).rounded(.up)))-\(id.hexadecimal)\(Self.suffix)")
        } catch {
            throw unavailable(error)
        }
    }

    private func sweep(_ folder: PrivateDirectory, at now: Double) throws {
        let isDue = swept.withLock { swept in
            if now >= swept && now < swept + OneTimeTokens.lifetime / 10 { return false }
            swept = now
            return true
        }
        guard isDue else { return }
        var count = 0
        for name in try folder.names() where name.hasSuffix(Self.suffix) {
            guard let end = name.split(separator: "-").first.flatMap({ Double($0) }) else { continue }
            // Processes need not agree to the second what time it is.
            if end + OneTimeTokens.lifetime < now { folder.remove(name) } else { count += 1 }
        }
        guard count < limit else {
            swept.withLock { $0 = -.infinity }
            throw TokensUnavailable.tooMany
        }
    }

    private func unavailable(_ error: any Error) -> TokensUnavailable {
        switch error {
        case let error as TokensUnavailable: error
        case let error as FileError: .notKept(error.description, remedy: error.remedy ?? remedy)
        default: .notSealed("\(error)")
        }
    }
}
