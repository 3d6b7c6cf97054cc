/// Where a value comes from.
package enum SettingOrigin: Hashable, Sendable, CustomStringConvertible {
    case commandLine
    case environment
    case file(String)
    case profile(ProfileName)
    case `default`

    package var description: String {
        switch self {
        case .commandLine: "command line"
        case .environment: "environment"
        case .file(let path): path
        case .profile(let name): "profile \(name)"
        case .default: "default"
        }
    }

    /// For the middle of a sentence: "from the environment".
    var phrase: String {
        switch self {
        case .commandLine, .environment, .default: "the \(self)"
        case .file(let path): path
        case .profile(let name): "profile \(name)"
        }
    }
}

/// Names and texts from one place.
package struct SettingsSource: Sendable {
    package let origin: SettingOrigin
    private let exact: [String: String]
    /// By name in capitals, what was written under a name in another case.
    private let folded: [String: String]

    package init(_ origin: SettingOrigin, _ values: [String: String]) {
        self.origin = origin
        exact = values
        // In order, so that of two spellings the same one wins every time.
        let others = values.filter { $0.key.utf8.contains { $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") } }
        folded = Dictionary(others.sorted { $0.key < $1.key }.map { ($0.key.uppercased(), $0.value) }) { $1 }
    }

    /// `name` is in capitals, as the names of all settings are.
    func value(of name: String) -> String? { exact[name] ?? folded[name] }

    /// The names that begin with `prefix`, in capitals.
    func names(beginningWith prefix: String) -> [String] {
        Set(exact.keys.map { $0.uppercased() }).filter { $0.hasPrefix(prefix) && $0 != prefix }.sorted()
    }
}
