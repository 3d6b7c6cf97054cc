import Synchronization

/// What was found out about a server, for the next session with it.
final class KnownEra: Sendable {
    /// How, and where, the server was last spoken to.
    struct Way: Hashable, Sendable {
        var isStateless: Bool
        var url: String
    }

    private let state = Mutex<Way?>(nil)
    private let startFault = Mutex<String?>(nil)

    var way: Way? {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }

    /// Why the program could not be started, nil where it was; whether that is news.
    func isNews(startFault fault: String?) -> Bool {
        startFault.withLock { last in
            defer { last = fault }
            return fault != last
        }
    }
}
