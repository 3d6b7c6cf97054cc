import JSON
import Text

/// Where a secret is kept, as a setting names it: a form, a colon, and the place.
package enum SecretReference: Hashable, Sendable, CustomStringConvertible {
    /// A variable of the environment.
    case variable(String)
    /// A file, by an absolute path.
    case file(String)
    /// What systemd hands to a service.
    case credential(String)
    /// The key store of the desktop: Secret Service, or the keychain of macOS.
    case keychain(KeychainItem)
    /// An item of 1Password: `vault/item/field`.
    case onePassword(String)
    /// An entry of pass, the password store.
    case pass(String)
    /// A program with its arguments that writes the secret to its standard output.
    case command([String])

    /// What is before the colon.
    package enum Form: String, CaseIterable, Sendable {
        case variable = "env"
        case onePassword = "op"
        case file, credential, keychain, pass, command
    }

    /// Nil for a text that is no reference, but may be a secret; throws where it begins as one and names no place.
    package init?(_ text: String) throws(SecretReferenceFault) {
        guard let colon = text.firstIndex(of: ":"), let form = Form(rawValue: String(text[..<colon])) else {
            return nil
        }
        let place = String(text[text.index(after: colon)...])
        guard let reference = Self.reference(form, place) else { throw SecretReferenceFault(form: form) }
        self = reference
    }

    /// Whether a text says where a secret is, rightly or not, and is no secret itself.
    package static func isMeant(by text: String) -> Bool {
        do throws(SecretReferenceFault) { return try SecretReference(text) != nil } catch { return true }
    }

    private static func reference(_ form: Form, _ place: String) -> Self? {
        switch form {
        case .variable: place.isVariableName ? .variable(place) : nil
        case .file: place.hasPrefix("/") && place.isOneLine ? .file(place) : nil
        case .credential: place.isFileName ? .credential(place) : nil
        case .keychain: KeychainItem(place).map { .keychain($0) }
        case .onePassword: field(place)
        case .pass: place.isEntryPath ? .pass(place) : nil
        case .command: words(place).map { .command($0) }
        }
    }

    private static func field(_ place: String) -> Self? {
        guard place.hasPrefix("//"), place.isOneLine else { return nil }
        let parts = place.dropFirst(2).split(separator: "/", omittingEmptySubsequences: false)
        return (3...4).contains(parts.count) && parts.allSatisfy { !$0.isEmpty }
            ? .onePassword(String(place.dropFirst(2))) : nil
    }

    private static func words(_ place: String) -> [String]? {
        guard let items = (try? JSON(parsing: place))?.array else { return nil }
        let words = items.compactMap { $0.string }
        guard words.count == items.count, let first = words.first, first.hasPrefix("/") else { return nil }
        return words.allSatisfy { !$0.utf8.contains(0) } ? words : nil
    }

    package var form: Form {
        switch self {
        case .variable: .variable
        case .file: .file
        case .credential: .credential
        case .keychain: .keychain
        case .onePassword: .onePassword
        case .pass: .pass
        case .command: .command
        }
    }

    /// As a settings file has it.
    package var text: String {
        switch self {
        case .variable(let place), .file(let place), .credential(let place), .pass(let place):
            "\(form.rawValue):\(place)"
        case .keychain(let item): "keychain:\(item)"
        case .onePassword(let place): "op://\(place)"
        case .command(let words): "command:\(JSON.array(words.map { .string($0) }).text)"
        }
    }

    /// As it may be shown: of a command the program alone, since an argument may be a secret.
    package var description: String {
        guard case .command(let words) = self else { return text }
        return words.count > 1 ? "command:\(words[0]) …" : "command:\(words[0])"
    }

    /// Whether another program has to be asked, which can take its time or ask a person.
    package var needsProgram: Bool {
        switch self {
        case .variable, .file, .credential: false
        case .keychain, .onePassword, .pass, .command: true
        }
    }
}

/// An item of the key store: `PROFILE/KEY`, or `KEY` in the profile `default`.
package struct KeychainItem: Hashable, Sendable, CustomStringConvertible {
    package let profile: String
    package let key: String

    /// Nil where one of them has something else in it than letters, digits, `.`, `_` and `-`.
    package init?(profile: String = "default", key: String) {
        guard profile.isFileName, key.isFileName else { return nil }
        self.profile = profile
        self.key = key
    }

    init?(_ place: String) {
        let parts = place.split(separator: "/", omittingEmptySubsequences: false).map { String($0) }
        switch parts.count {
        case 1: self.init(key: parts[0])
        case 2: self.init(profile: parts[0], key: parts[1])
        default: return nil
        }
    }

    package var description: String { profile == "default" ? key : "\(profile)/\(key)" }
}

/// A text that begins as a reference and names no place.
package struct SecretReferenceFault: Error, Hashable, Sendable {
    package let form: SecretReference.Form

    /// What such a reference looks like.
    package var example: String {
        switch form {
        case .variable: "env:NAME"
        case .file: "file:/run/secrets/name"
        case .credential: "credential:name"
        case .keychain: "keychain:name"
        case .onePassword: "op://vault/item/field"
        case .pass: "pass:folder/name"
        case .command: #"command:["/usr/local/bin/program","argument"]"#
        }
    }
}

extension String {
    fileprivate var isOneLine: Bool { !isEmpty && utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }

    fileprivate var isVariableName: Bool {
        utf8.first.map { !$0.isDigit } ?? false
            && utf8.allSatisfy { $0.isDigit || $0.isLetter || $0 == UInt8(ascii: "_") }
    }

    fileprivate var isFileName: Bool {
        !isEmpty && utf8.count <= 128 && !hasPrefix(".") && !hasPrefix("-")
            && utf8.allSatisfy { $0.isDigit || $0.isLetter || "._-".utf8.contains($0) }
    }

    /// Below a folder, and no option of the program that is asked for it.
    fileprivate var isEntryPath: Bool {
        isOneLine && !hasPrefix("-")
            && split(separator: "/", omittingEmptySubsequences: false).allSatisfy { !["", ".", ".."].contains($0) }
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    fileprivate var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }
}
