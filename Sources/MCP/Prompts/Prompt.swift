package import JSON

/// What a prompt is called, what it is for, and what arguments it takes.
package struct PromptDefinition: Hashable, Sendable {
    package struct Argument: Hashable, Sendable {
        package let name: String
        package let title: String?
        package let description: String
        package let isRequired: Bool

        package init(_ name: String, title: String? = nil, _ description: String, isRequired: Bool = false) {
            self.name = name
            self.title = title
            self.description = description
            self.isRequired = isRequired
        }
    }

    package let name: String
    package let title: String
    package let description: String
    package let arguments: [Argument]
    package let icons: [Icon]
    package let meta: JSON?

    package init(
        name: String,
        title: String,
        description: String,
        arguments: [Argument] = [],
        icons: [Icon] = [],
        meta: JSON? = nil
    ) {
        self.name = name
        self.title = title
        self.description = description
        self.arguments = arguments
        self.icons = icons
        self.meta = meta
    }
}

/// What a prompt puts into the conversation.
package struct PromptAnswer: Hashable, Sendable {
    package struct Message: Hashable, Sendable {
        package let role: Role
        package let content: Content

        package init(_ role: Role, _ content: Content) {
            self.role = role
            self.content = content
        }
    }

    package let description: String?
    package let messages: [Message]

    package init(description: String? = nil, _ messages: [Message]) {
        self.description = description
        self.messages = messages
    }

    /// One message of the person.
    package init(description: String? = nil, _ text: String) {
        self.init(description: description, [Message(.user, .text(text))])
    }
}
