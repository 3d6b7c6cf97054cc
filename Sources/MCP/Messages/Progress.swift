/// How far a long call has come, told to the client that asked to know.
package struct Progress: Sendable {
    private let send: @Sendable (_ done: Double, _ total: Double?, _ message: String) -> Void

    package init(_ send: @escaping @Sendable (_ done: Double, _ total: Double?, _ message: String) -> Void) {
        self.send = send
    }

    /// Nobody asked.
    package static let unheard = Progress { _, _, _ in }

    package func report(_ done: Double, of total: Double? = nil, _ message: String) { send(done, total, message) }
}
