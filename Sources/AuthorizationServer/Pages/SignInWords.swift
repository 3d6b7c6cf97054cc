/// What the pages say of the product: the one thing about them that the program decides.
package struct SignInWords: Hashable, Sendable {
    /// One of the values that a person types to prove who they are.
    package struct Field: Hashable, Sendable {
        package let name: String
        package let label: String
        package let hint: String

        package init(name: String, label: String, hint: String) {
            self.name = name
            self.label = label
            self.hint = hint
        }
    }

    /// What may be granted.
    package struct Scope: Hashable, Sendable {
        package let scope: String
        package let label: String
        /// The name of the box that grants it; nil for what every grant has.
        package let box: String?

        package init(scope: String, label: String, box: String? = nil) {
            self.scope = scope
            self.label = label
            self.box = box
        }
    }

    /// Its name, such as `OvalEdge`.
    package let product: String
    /// Where people work with it; they should recognize it.
    package let productAddress: String
    package let fields: [Field]
    package let scopes: [Scope]

    package init(product: String, productAddress: String, fields: [Field], scopes: [Scope]) {
        self.product = product
        self.productAddress = productAddress
        self.fields = fields
        self.scopes = scopes
    }

    /// Of the values, in the middle of a sentence.
    var things: String { fields.map { $0.label.lowercased() }.joined(separator: " and ") }
}
