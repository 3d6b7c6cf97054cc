import JSON

/// Who this server says it is (`Implementation` in the protocol), and what it tells the model about itself.
package struct ServerInfo: Hashable, Sendable {
    package let name: String
    package let version: String
    /// Under 2,000 characters: some clients put it into every conversation.
    package let instructions: String

    package init(name: String, version: String, instructions: String) {
        self.name = name
        self.version = version
        self.instructions = instructions
    }

    var implementation: JSON { ["name": .string(name), "version": .string(version)] }
}
