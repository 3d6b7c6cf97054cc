/// The name of a profile: settings in a file of their own, for who has several catalogs or accounts.
package struct ProfileName: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The user's own file, which is read where no profile is named.
    package static let `default` = ProfileName(checked: "default")

    /// What a name may be, as the end of "must be …".
    package static let expectation = "lower-case letters, digits and dashes, sixteen at most, and begin with no dash"

    package let text: String

    private init(checked text: String) { self.text = text }

    /// Nil for what cannot be a name.
    package init?(_ text: String) {
        let isName = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: byte == UInt8(ascii: "-")
            }
        }
        guard isName, (1...16).contains(text.utf8.count), text.first != "-" else { return nil }
        self.text = text
    }

    package var isDefault: Bool { self == .default }
    package var description: String { text }

    /// The default first, then by the alphabet.
    package static func < (one: ProfileName, other: ProfileName) -> Bool {
        one.isDefault != other.isDefault ? one.isDefault : one.text < other.text
    }
}
