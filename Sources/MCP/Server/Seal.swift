import Crypto
import Synchronization

/// Seals what a client carries for this server from one request to another, so that it cannot read or change it.
///
/// Of its keys the newest seals, and all open. Without any one is made when it is first needed, good for the life of the
/// process; servers that stand in for each other are given the same.
package final class Seal: Sendable {
    private let keys: Mutex<[[UInt8]]?>
    private let source: @Sendable () throws -> [UInt8]

    /// `source` gives 32 bytes, and is asked when they are first needed.
    package init(keyFrom source: @escaping @Sendable () throws -> [UInt8] = { try Crypto.randomBytes(32) }) {
        keys = Mutex(nil)
        self.source = source
    }

    /// Each has 32 bytes; the newest is the first.
    package init(keys: [[UInt8]]) {
        self.keys = Mutex(keys)
        source = { throw TokensUnavailable.notSealed("There is no key to seal with") }
    }

    /// From now on there are these keys, the newest first.
    package func use(_ keys: [[UInt8]]) { self.keys.withLock { $0 = keys } }

    /// `purpose` is authenticated: what was sealed for one is not opened for another.
    package func sealed(_ plain: [UInt8], for purpose: String) throws(TokensUnavailable) -> [UInt8] {
        let key = try newestKey()
        do {
            return try Crypto.sealed(plain, key: key, context: Array(purpose.utf8))
        } catch {
            throw .notSealed(error.description)
        }
    }

    /// Nil when it was not sealed with these keys for this purpose, or was touched since.
    package func opened(_ sealed: [UInt8], for purpose: String) throws(TokensUnavailable) -> [UInt8]? {
        let context = Array(purpose.utf8)
        for key in try madeKeys() {
            do {
                if let plain = try Crypto.opened(sealed, key: key, context: context) { return plain }
            } catch {
                throw .notSealed(error.description)
            }
        }
        return nil
    }

    /// 32 bytes, which only those with the same newest key can compute.
    package func digest(_ bytes: [UInt8]) throws(TokensUnavailable) -> [UInt8] {
        let key = try newestKey()
        do {
            return try Crypto.authentication(of: bytes, key: key)
        } catch {
            throw .notSealed(error.description)
        }
    }

    private func newestKey() throws(TokensUnavailable) -> [UInt8] {
        guard let key = try madeKeys().first else { throw .notSealed("There is no key to seal with") }
        return key
    }

    private func madeKeys() throws(TokensUnavailable) -> [[UInt8]] {
        if let keys = keys.withLock({ $0 }) { return keys }
        let made: [[UInt8]]
        do {
            made = [try source()]
        } catch {
            throw (error as? TokensUnavailable) ?? .notSealed("\(error)")
        }
        return keys.withLock { keys in
            let first = keys ?? made
            keys = first
            return first
        }
    }
}

/// What a client carries for this server can be neither sealed nor read nor counted.
package enum TokensUnavailable: Error, Hashable {
    case notSealed(String)
    /// The used ones cannot be kept; `remedy` is a sentence.
    case notKept(String, remedy: String)
    case tooMany
    /// The list of the used ones cannot be reached at the moment; `why` is a sentence.
    case unreachable(why: String)

    /// Whether the same may be done in a few seconds.
    package var isTransient: Bool { if case .unreachable = self { true } else { false } }
}

extension TokensUnavailable: CustomStringConvertible {
    /// Why, and what to do.
    package var description: String {
        switch self {
        case .notSealed(let why): why
        case .notKept(let why, let remedy): "Confirmations cannot be kept: \(why). \(remedy)"
        case .unreachable(let why):
            "It cannot be made sure that a confirmation is used only once. \(why) Try again in a few seconds."
        case .tooMany: "There were too many confirmations within ten minutes. Wait ten minutes, and try again."
        }
    }
}
