import Crypto
import Synchronization

/// Seals what a client carries for this server from one request to another, so that it cannot read or change it.
///
/// Without a key one is made when it is first needed, good for the life of the process; servers that stand in for each
/// other are given the same.
package final class Seal: Sendable {
    private let key = Mutex<[UInt8]?>(nil)
    private let source: @Sendable () throws -> [UInt8]

    /// `source` gives 32 bytes, and is asked when they are first needed.
    package init(keyFrom source: @escaping @Sendable () throws -> [UInt8] = { try Crypto.randomBytes(32) }) {
        self.source = source
    }

    /// `purpose` is authenticated: what was sealed for one is not opened for another.
    package func sealed(_ plain: [UInt8], for purpose: String) throws(TokensUnavailable) -> [UInt8] {
        let key = try madeKey()
        do {
            return try Crypto.sealed(plain, key: key, context: Array(purpose.utf8))
        } catch {
            throw .notSealed(error.description)
        }
    }

    /// Nil when it was not sealed here for this purpose, or was touched since.
    package func opened(_ sealed: [UInt8], for purpose: String) throws(TokensUnavailable) -> [UInt8]? {
        let key = try madeKey()
        do {
            return try Crypto.opened(sealed, key: key, context: Array(purpose.utf8))
        } catch {
            throw .notSealed(error.description)
        }
    }

    /// 32 bytes, which only those with the same key can compute.
    package func digest(_ bytes: [UInt8]) throws(TokensUnavailable) -> [UInt8] {
        let key = try madeKey()
        do {
            return try Crypto.authentication(of: bytes, key: key)
        } catch {
            throw .notSealed(error.description)
        }
    }

    private func madeKey() throws(TokensUnavailable) -> [UInt8] {
        if let key = key.withLock({ $0 }) { return key }
        let made: [UInt8]
        do {
            made = try source()
        } catch {
            throw (error as? TokensUnavailable) ?? .notSealed("\(error)")
        }
        return key.withLock { key in
            let first = key ?? made
            key = first
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
}

extension TokensUnavailable: CustomStringConvertible {
    /// Why, and what to do.
    package var description: String {
        switch self {
        case .notSealed(let why): why
        case .notKept(let why, let remedy): "Confirmations cannot be kept: \(why). \(remedy)"
        case .tooMany: "There were too many confirmations within ten minutes. Wait ten minutes, and try again."
        }
    }
}
