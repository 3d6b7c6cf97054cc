import JSON

/// How this server identifies itself (`Implementation` in the protocol), and its instructions for the model.
package struct ServerInfo: Sendable {
    package let name: String
    package let version: String
    private let writeInstructions: @Sendable () -> String
    /// For people; from 2025-06-18 on.
    package let title: String?
    /// The next three from 2025-11-25 on.
    package let description: String?
    package let websiteURL: String?
    package let icons: [Icon]

    /// How long a client may cache lists: they follow from settings.
    static let kept = Duration.seconds(300)

    /// Under 2,000 characters: some clients put it into every conversation.
    package var instructions: String { writeInstructions() }

    /// `instructions` is written for each client that asks, since the tools they name may have changed.
    package init(
        name: String,
        version: String,
        instructions: @autoclosure @escaping @Sendable () -> String,
        title: String? = nil,
        description: String? = nil,
        websiteURL: String? = nil,
        icons: [Icon] = []
    ) {
        self.name = name
        self.version = version
        writeInstructions = instructions
        self.title = title
        self.description = description
        self.websiteURL = websiteURL
        self.icons = icons
    }
}
