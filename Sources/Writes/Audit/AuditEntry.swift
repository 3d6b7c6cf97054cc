import Crypto
import JSON
import Text

/// One line of the audit log, taken apart.
///
/// An entry has the time, its number, the digest of the line before it, what was written, and at its end a code (HMAC)
/// of all that, which no one can make without the key. Entries of earlier versions have no number and no code.
struct AuditEntry {
    let members: JSONObject
    /// From 1 on; nil for an entry of an earlier version.
    let number: Int?
    /// What the code was made of, and the code.
    private let signed: (bytes: [UInt8], code: String)?

    private static let codeStart = Array(#","mac":""#.utf8)
    private static let codeEnd = Array(#""}"#.utf8)

    /// Nil for what is no line of a log.
    init?(_ line: [UInt8]) {
        guard let members = (try? JSON(parsing: line))?.object else { return nil }
        self.members = members
        let start = line.count - Self.codeEnd.count - 64 - Self.codeStart.count
        guard start > 0, line[start...].starts(with: Self.codeStart), let number = members["entry"]?.int, number > 0,
            line.suffix(Self.codeEnd.count).elementsEqual(Self.codeEnd), let code = members["mac"]?.string
        else {
            number = nil
            signed = nil
            return
        }
        self.number = number
        signed = (Array(line[..<start]) + [UInt8(ascii: "}")], code)
    }

    /// The digest of the line before it.
    var previous: String? { members["previous"]?.string }

    /// The digest of what is in front of it and was not written to its end; nil where nothing was torn.
    var torn: String? { members["torn"] == true ? members["digest"]?.string : nil }

    func isGenuine(_ key: AuditKey) throws(CryptoUnavailable) -> Bool {
        guard let signed else { return false }
        return try key.code(of: signed.bytes) == signed.code
    }

    /// A line, without its end.
    static func line(_ members: [JSONObject.Member], key: AuditKey) throws(CryptoUnavailable) -> [UInt8] {
        let body = JSON.object(JSONObject(members)).bytes
        return Array(body.dropLast()) + codeStart + Array(try key.code(of: body).utf8) + codeEnd
    }

    /// Of no line at all: 64 zeros.
    static func digest(of line: [UInt8]?) throws(CryptoUnavailable) -> String {
        guard let line else { return String(repeating: "0", count: 64) }
        return try Crypto.digest(line).hexadecimal
    }
}

/// How far the log goes: kept next to it, sealed, and replaced after every entry, so that a missing end shows.
///
/// Anyone who can write the directory can put an older head back together with the older log.
struct AuditHead: Hashable {
    /// How many entries with a number there are.
    var entries = 0
    /// The digest of the last line.
    var last: String
    /// The highest number of a file that was put aside.
    var files = 0

    static let name = "audit.head"

    init(last: String) { self.last = last }

    /// Nil for what was not sealed with this key.
    init?(opening sealed: [UInt8], _ key: AuditKey) throws(CryptoUnavailable) {
        guard let plain = try key.opened(sealed), let json = try? JSON(parsing: plain),
            let entries = json["entries"]?.int, let last = json["last"]?.string, let files = json["files"]?.int
        else { return nil }
        self.entries = entries
        self.last = last
        self.files = files
    }

    func sealed(_ key: AuditKey) throws(CryptoUnavailable) -> [UInt8] {
        let plain: JSON = ["entries": .int(entries), "last": .string(last), "files": .int(files)]
        return try key.sealed(plain.bytes)
    }
}
