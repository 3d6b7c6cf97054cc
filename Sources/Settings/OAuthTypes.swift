package import Logging
import Text

/// Texts separated by commas or blanks.
package struct TextList: Hashable, SettingValue {
    package static let expectation = "texts separated by commas"

    package let texts: [String]

    package init(_ texts: [String]) { self.texts = texts }

    package init?(setting text: String) {
        texts = text.split { $0 == "," || $0.isWhitespace }.map { String($0) }
        guard !texts.isEmpty else { return nil }
    }

    package var shown: String { texts.joined(separator: ",") }
}

/// Whose names stand for which of ours: `theirs=ours,…`.
package struct ScopeMap: Hashable, SettingValue {
    package struct Pair: Hashable, Sendable {
        package let theirs: String
        package let ours: String
    }

    package static let expectation = "pairs of theirs=ours, separated by commas"

    package let pairs: [Pair]

    package init?(setting text: String) {
        let parts = text.split { $0 == "," || $0.isWhitespace }
        // What is theirs may hold a `=` or a `:`, what is ours holds no `=`.
        pairs = parts.compactMap { part in
            guard let sign = part.lastIndex(of: "=") else { return nil }
            let (theirs, ours) = (part[..<sign], part[sign...].dropFirst())
            return theirs.isEmpty || ours.isEmpty ? nil : Pair(theirs: String(theirs), ours: String(ours))
        }
        guard !pairs.isEmpty, pairs.count == parts.count else { return nil }
    }

    package var shown: String { pairs.map { "\($0.theirs)=\($0.ours)" }.joined(separator: ",") }
}

/// The claim that says what a token is for.
package enum AudienceClaim: String, CaseIterable, SettingValue {
    case aud
    case clientID = "client_id"
}

/// How a token for OvalEdge is got from that of an identity provider.
package enum TokenExchangeKind: String, CaseIterable, SettingValue {
    case off, rfc8693
    case onBehalfOf = "on_behalf_of"
}

/// Who may register as a client.
package enum RegistrationPolicy: String, CaseIterable, SettingValue {
    case off, allowlist, open
}

/// Which clients may name themselves by the address of a document.
package enum MetadataDocumentPolicy: String, CaseIterable, SettingValue {
    case off, known, any
}

/// Where sign-ins are kept.
package enum GrantStoreChoice: Hashable, SettingValue {
    package static let expectation =
        "file, file:FOLDER, memory or an address such as rediss://:password@redis.example.com"
    /// A wrong one may hold a password.
    package static let isRepeatable = false

    /// Nil for the folder of the state of this user.
    case file(FolderPath?)
    case memory
    case redis(StoreAddress)

    package init?(setting text: String) {
        if let address = StoreAddress(setting: text) {
            self = .redis(address)
            return
        }
        switch text.lowercased() {
        case "file": self = .file(nil)
        case "memory": self = .memory
        default:
            guard text.lowercased().hasPrefix("file:"), let path = FolderPath(setting: String(text.dropFirst(5))) else {
                return nil
            }
            self = .file(path)
        }
    }

    package var shown: String {
        switch self {
        case .file(nil): "file"
        case .file(let path?): "file:" + path.text
        case .memory: "memory"
        case .redis(let address): address.shown
        }
    }

    package var secrets: [Secret] {
        if case .redis(let address) = self { address.secrets } else { [] }
    }
}
