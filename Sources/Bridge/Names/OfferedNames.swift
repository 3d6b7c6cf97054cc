import Crypto
import Synchronization
import Text

/// Under which names the tools or prompts of one server are offered, and which of its names each of them stands for.
///
/// A name is looked up, never taken apart: what was not listed is not known.
package final class OfferedNames: Sendable {
    /// What stands before each name; empty where names stay as they are.
    package let prefix: String
    private let originals = Mutex<[String: String]>([:])

    package init(prefix: String = "") { self.prefix = prefix }

    /// For one of several servers: `<server>__<name>`.
    package convenience init(of server: ServerAlias) { self.init(prefix: server.text + "__") }

    /// After so many, those of a server that lists other names each time are forgotten.
    private static let most = 100_000

    /// Names longer than this are refused by clients.
    package static let longest = 64

    /// Under which name it is offered; known from now on.
    package func offer(_ name: String) -> String {
        guard !prefix.isEmpty else { return name }
        let offered = Self.shortened(prefix + name)
        originals.withLock { originals in
            if originals.count >= Self.most { originals = [:] }
            originals[offered] = name
        }
        return offered
    }

    /// What the server calls it; nil for what was not offered.
    package func original(of offered: String) -> String? {
        guard !prefix.isEmpty else { return offered }
        return originals.withLock { $0[offered] }
    }

    /// A name that is too long ends with six digits that stand for all of it.
    static func shortened(_ name: String) -> String {
        guard name.unicodeScalars.count > longest else { return name }
        let digits = (try? Crypto.digest(Array(name.utf8)).prefix(3).hexadecimal) ?? "000000"
        var kept = String.UnicodeScalarView()
        kept.append(contentsOf: name.unicodeScalars.prefix(longest - digits.count - 1))
        return String(kept) + "_" + digits
    }
}

/// What one of several servers is called in the names of what it offers: 1 to 20 of `a-z`, `0-9` and `-`.
package struct ServerAlias: Hashable, Sendable {
    package let text: String

    package init?(_ text: String) {
        let isValid =
            (1...20).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
        guard isValid else { return nil }
        self.text = text
    }
}
