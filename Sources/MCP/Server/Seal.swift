package import Crypto
import Synchronization

/// Seals what a client carries for this server from one request to another, so that it cannot read or change it.
///
/// Without a key one is made when it is first needed, good for the life of the process; servers that stand in for each
/// other are given the same.
package final class Seal: Sendable {
    private let key: Mutex<[UInt8]?>

    /// `key` is 32 bytes.
    package init(key: [UInt8]? = nil) { self.key = Mutex(key) }

    /// `purpose` is authenticated: what was sealed for one is not opened for another.
    package func sealed(_ plain: [UInt8], for purpose: String) throws(CryptoUnavailable) -> [UInt8] {
        try Crypto.sealed(plain, key: try madeKey(), context: Array(purpose.utf8))
    }

    /// Nil when it was not sealed here for this purpose, or was touched since.
    package func opened(_ sealed: [UInt8], for purpose: String) throws(CryptoUnavailable) -> [UInt8]? {
        try Crypto.opened(sealed, key: try madeKey(), context: Array(purpose.utf8))
    }

    /// 32 bytes.
    package func digest(_ bytes: [UInt8]) throws(CryptoUnavailable) -> [UInt8] { try Crypto.digest(bytes) }

    private func madeKey() throws(CryptoUnavailable) -> [UInt8] {
        if let key = key.withLock({ $0 }) { return key }
        let made = try Crypto.randomBytes(32)
        return key.withLock { key in
            let first = key ?? made
            key = first
            return first
        }
    }
}
