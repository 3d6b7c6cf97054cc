import Crypto
import Logging
import Settings
import Text

/// What is derived from the keys of a file; none of these is used as it is.
struct KeyRing {
    /// For sessions, cursors and confirmations, the newest first.
    let sealing: [[UInt8]]
    /// For the digests by which accounts are known.
    ///
    /// It comes from the oldest key, so that a newer one in front of it changes no one's session.
    let accounts: [UInt8]
    /// For the names of keys in the store that instances share; from the oldest, too.
    let names: [UInt8]
    /// By which people know the keys.
    let ids: [String]

    init(_ file: KeyFile) throws(CryptoUnavailable) {
        var (sealing, ids): ([[UInt8]], [String]) = ([], [])
        var oldest: [UInt8] = []
        for key in file.keys {
            oldest = Self.bytes(key)
            sealing.append(try Crypto.derivedKey(from: oldest, purpose: "oe-mcp-http: seal"))
            ids.append(try Self.id(of: oldest))
        }
        self.sealing = sealing
        self.ids = ids
        accounts = try Crypto.derivedKey(from: oldest, purpose: "oe-mcp-http: names of accounts")
        names = try Crypto.derivedKey(from: oldest, purpose: "oe-mcp-http: names in the shared store")
    }

    /// The first eight digits of its digest.
    static func id(of key: [UInt8]) throws(CryptoUnavailable) -> String {
        try Crypto.digest(key).prefix(4).hexadecimal
    }

    static func bytes(_ key: Secret) -> [UInt8] {
        let digits = Array(key.revealed.utf8)
        return stride(from: 0, to: digits.count - 1, by: 2).map { place in
            UInt8(String(decoding: digits[place..<place + 2], as: UTF8.self), radix: 16) ?? 0
        }
    }
}
