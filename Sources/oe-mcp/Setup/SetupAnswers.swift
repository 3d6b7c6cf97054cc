import Logging
import Secrets
import Settings
import Text

/// What is known of the answers to the questions of `oe-mcp setup`: by options at first, then by what a person types.
struct SetupAnswers: Sendable {
    var address: String?
    var userToken: Credential?
    var userSecret: Credential?
    var place: SecretPlace?
    /// Their ids; none where it is not to be installed anywhere.
    var clients: [String]?
    /// Whether what is shown may be written.
    var agrees = false

    /// A user token, or its secret.
    enum Credential: Hashable, Sendable {
        case value(Secret)
        /// Where it is and stays, as a setting names it.
        case reference(String)
        /// As the profile has it.
        case kept

        /// Of what was typed: where it is kept, if it says that, else the value itself.
        init(_ text: String) {
            let reference = (try? SecretReference(text)) as SecretReference?
            self = reference == nil ? .value(Secret(text)) : .reference(text)
        }
    }

    /// The address, as it is written into a profile; throws why it cannot be one.
    ///
    /// A browser shows the page of OvalEdge behind a `#`, which is no part of it.
    static func address(_ pasted: String) throws(AddressFault) -> String {
        let text = String(pasted.prefix { $0 != "#" })
        if let address = WebAddress(setting: text) { return address.text }
        let rule = WebAddress.fault(in: text) ?? "be \(WebAddress.expectation)"
        throw AddressFault(description: "The address must \(rule).")
    }

    /// The same host with the context path that OvalEdge has as a rule; nil for an address that has it.
    static func usual(of address: String) -> String? {
        let parts = address.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        let other = parts.prefix(3).joined(separator: "/") + "/ovaledge"
        return other == address ? nil : other
    }

    struct AddressFault: Error, Hashable, CustomStringConvertible {
        let description: String
    }

    /// Whether there is a secret for which a place has to be found.
    var needsPlace: Bool { if case .value = userSecret { true } else { false } }
}

/// Where the secret of a user token can be kept.
enum SecretPlace: String, CaseIterable, Sendable {
    case keychain, file, profile

    /// For a list of them.
    var about: String {
        switch self {
        case .keychain: "the key store of this desktop"
        case .file: "a file of its own that only you can read"
        case .profile: "the file of the profile, as it is; only you can read that, too"
        }
    }
}
