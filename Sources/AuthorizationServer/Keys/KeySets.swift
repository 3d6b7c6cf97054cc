package import Crypto
import Text

/// What is derived from one secret key of 32 bytes, each for one purpose.
package struct KeySet: Hashable, Sendable {
    /// By which people and records know it: the first eight digits of the key's digest.
    package let id: String
    /// With a token's secret it seals what the token opens.
    package let seal: [UInt8]
    /// Authenticates ids of clients.
    package let client: [UInt8]
    /// Makes secrets of clients.
    package let secret: [UInt8]
    /// Makes the successors of refresh tokens.
    package let rotation: [UInt8]
    /// Makes the digests by which grants of one person are found.
    package let index: [UInt8]
    /// Authenticates cookies and forms, and seals what is kept between them.
    package let cookie: [UInt8]
    /// Authenticates tokens, so that what was made up is known without a look into the store.
    package let token: [UInt8]

    package init(key: [UInt8]) throws(CryptoUnavailable) {
        func derived(_ purpose: String) throws(CryptoUnavailable) -> [UInt8] {
            try Crypto.derivedKey(from: key, purpose: "authorization server: " + purpose)
        }
        id = try Crypto.digest(key).prefix(4).hexadecimal
        seal = try derived("seal")
        client = try derived("client")
        secret = try derived("secret of client")
        rotation = try derived("rotation")
        index = try derived("index")
        cookie = try derived("cookie")
        token = try derived("token")
    }
}

/// The key sets of a server: the first is used, and all of them are accepted.
package struct KeySets: Sendable {
    package let sets: [KeySet]

    /// Nil without a key; the newest is first.
    package init?(keys: [[UInt8]]) throws(CryptoUnavailable) {
        guard !keys.isEmpty else { return nil }
        var sets: [KeySet] = []
        for key in keys { sets.append(try KeySet(key: key)) }
        self.sets = sets
    }

    package var current: KeySet { sets[0] }

    package subscript(_ id: String) -> KeySet? { sets.first { $0.id == id } }

    /// The digest by which grants of one person are found, which new grants get.
    package func owner(of person: [UInt8]) throws(CryptoUnavailable) -> [UInt8] {
        try Crypto.authentication(of: person, key: current.index)
    }

    /// All digests by which grants of one person may be found.
    package func owners(of person: [UInt8]) throws(CryptoUnavailable) -> [[UInt8]] {
        var owners: [[UInt8]] = []
        for set in sets { owners.append(try Crypto.authentication(of: person, key: set.index)) }
        return owners
    }

    /// Seals what is kept for one `purpose` between two requests of a browser.
    package func sealed(_ plain: [UInt8], for purpose: String) throws(CryptoUnavailable) -> [UInt8] {
        try Crypto.sealed(plain, key: current.cookie, context: Array(purpose.utf8))
    }

    /// Nil for what was not sealed for this purpose by one of the key sets.
    package func opened(_ sealed: [UInt8], for purpose: String) throws(CryptoUnavailable) -> [UInt8]? {
        for set in sets {
            if let plain = try Crypto.opened(sealed, key: set.cookie, context: Array(purpose.utf8)) { return plain }
        }
        return nil
    }
}
