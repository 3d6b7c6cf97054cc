/// What the requests of clients can be about: the values of labels, so that no client can make up another.
package struct OperationNames: Sendable {
    package let methods: [String]
    package let tools: [String]
    /// Tools by other names that they are called by.
    package let otherNames: [String: String]
    package let revisions: [String]
    package let transport: String

    package init(
        methods: [String],
        tools: [String],
        otherNames: [String: String] = [:],
        revisions: [String],
        transport: String
    ) {
        self.methods = methods
        self.tools = tools
        self.otherNames = otherNames
        self.revisions = revisions
        self.transport = transport
    }
}
