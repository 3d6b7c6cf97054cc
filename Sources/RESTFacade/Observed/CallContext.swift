/// What is known of a caller's request while it is worked on: for the log, and for no one else.
package struct CallContext: Sendable {
    @TaskLocal package static var current: CallContext?

    /// What its answer and the log call it.
    package let id: String

    package init(id: String) { self.id = id }
}
