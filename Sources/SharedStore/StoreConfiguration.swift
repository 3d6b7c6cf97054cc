package import HTTP
package import Logging

/// How a store is signed in to, and how long it is waited for.
package struct StoreConfiguration: Sendable {
    package var user: String?
    package var password: Secret?
    package var database = 0
    /// For all commands that are sent together.
    package var patience = Duration.seconds(1)
    /// Open at a time; each has a thread.
    package var connections = 2

    package init(user: String? = nil, password: Secret? = nil, database: Int = 0) {
        self.user = user
        self.password = password
        self.database = database
    }

    /// What is said first on every connection.
    var greeting: [StoreCommand] {
        var commands: [StoreCommand] = []
        if let password {
            let words = [user, password.revealed].compactMap { $0 }
            commands.append(StoreCommand(["AUTH"] + words))
        }
        if database != 0 { commands.append(StoreCommand("SELECT", "\(database)")) }
        return commands
    }
}

/// A connection to the store, whichever library makes it; it blocks, and belongs to one thread.
package protocol StoreConnection {
    /// Whether the other side has neither closed it nor said anything unasked.
    var isQuiet: Bool { get }
    func send(_ bytes: [UInt8], until end: ContinuousClock.Instant) throws(HTTPFailure)
    /// What arrives next, at least one byte.
    func receive(until end: ContinuousClock.Instant) throws(HTTPFailure) -> [UInt8]
}

/// Makes a connection; called on a thread that may wait.
package typealias StoreConnecting = @Sendable () throws(HTTPFailure) -> any StoreConnection
