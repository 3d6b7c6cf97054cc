package import Logging
import Text

/// Keys of 32 bytes, the newest first: lines of 64 hexadecimal digits, where `#` begins a comment.
///
/// The newest seals, and all of them open. No key is used as it is: of each, others are
/// derived, one for each purpose.
package struct KeyFile: Sendable {
    /// Each as 64 hexadecimal digits; at least one.
    package let keys: [Secret]

    package init(parsing text: String) throws(KeyFileFault) {
        var keys: [Secret] = []
        for (number, line) in zip(1..., text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)) {
            let digits = line.prefix { $0 != "#" }.trimmed
            if digits.isEmpty { continue }
            guard digits.utf8.count == 64, digits.utf8.allSatisfy({ $0.isHexDigit }) else {
                throw KeyFileFault(
                    what: "has something else than a key in line \(number)",
                    advice: "Write 64 hexadecimal digits, or put a # before it; `oe-mcp-http keys new` makes a key."
                )
            }
            keys.append(Secret(digits.lowercased()))
        }
        guard !keys.isEmpty else {
            throw KeyFileFault(what: "has no key in it", advice: "`oe-mcp-http keys new` makes one.")
        }
        self.keys = keys
    }

    init(_ file: SettingsFile) throws(KeyFileFault) {
        guard case .content(let bytes, _) = file else {
            let isMissing = file == .missing
            throw KeyFileFault(
                what: file.obstacle,
                advice: isMissing ? "`oe-mcp-http keys new FILE` makes one." : file.advice
            )
        }
        try self.init(parsing: String(decoding: bytes, as: UTF8.self))
    }
}

/// Why a file of keys cannot be used.
package struct KeyFileFault: Error, Hashable, Sendable {
    /// Reads on from "a file that".
    package let what: String
    package let advice: String
}

extension UInt8 {
    fileprivate var isHexDigit: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
        case UInt8(ascii: "A")...UInt8(ascii: "F"): true
        default: false
        }
    }
}
