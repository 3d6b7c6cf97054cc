extension ClientProgram {
    /// The client that calls itself like that when it connects; nil for one that is not known.
    ///
    /// Some add words of their own: of several whose names it may begin with, the longest counts.
    package static func calling(itself name: String) -> ClientProgram? {
        let words = words(of: name)
        let fitting = all.flatMap { client in client.ownNames.map { (client, Self.words(of: $0)) } }
            .filter { words.starts(with: $0.1) }
        return fitting.max { $0.1.count < $1.1.count }?.0
    }

    private var ownNames: [String] { [id, name] + (Self.otherNames[id] ?? []) }

    /// Where it is neither the id nor the name of the product.
    private static let otherNames = [
        "claude-desktop": ["claude-ai"], "vscode": ["Visual Studio Code"],
        "vscode-insiders": ["Visual Studio Code - Insiders"], "copilot-cli": ["github-copilot"],
        "lm-studio": ["lmstudio"], "amazon-q": ["Q CLI", "Q-DEV-CLI"],
    ]

    private static func words(of name: String) -> [Substring] {
        name.lowercased().split { !$0.isLetter && !$0.isNumber }
    }
}
