/// Where a value comes from.
package enum SettingOrigin: Hashable, Sendable, CustomStringConvertible {
    case commandLine
    case environment
    case file(String)
    case `default`

    package var description: String {
        switch self {
        case .commandLine: "command line"
        case .environment: "environment"
        case .file(let path): path
        case .default: "default"
        }
    }

    /// For the middle of a sentence: "from the environment".
    var phrase: String {
        switch self {
        case .commandLine, .environment, .default: "the \(self)"
        case .file(let path): path
        }
    }
}

/// Names and texts from one place.
package struct SettingsSource: Sendable {
    package let origin: SettingOrigin
    private let exact: [String: String]
    /// By name in capitals, for those who write names in another case.
    private let folded: [String: String]

    /// Of pairs with one name the last one counts.
    package init(_ origin: SettingOrigin, _ pairs: [(String, String)]) {
        self.origin = origin
        exact = Dictionary(pairs) { $1 }
        folded = Dictionary(pairs.map { ($0.0.uppercased(), $0.1) }) { $1 }
    }

    package init(_ origin: SettingOrigin, _ values: [String: String]) {
        // In order, so that of two spellings the same one wins every time.
        self.init(origin, values.sorted { $0.key < $1.key })
    }

    func value(of name: String) -> String? { exact[name] ?? folded[name.uppercased()] }
}

extension StringProtocol {
    var trimmingBlanks: String {
        let start = drop { $0.isWhitespace }
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...end])
    }
}
