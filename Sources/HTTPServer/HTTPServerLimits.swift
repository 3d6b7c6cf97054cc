/// How much of a server its clients may take up, and for how long.
package struct HTTPServerLimits: Hashable, Sendable {
    /// For a new connection to send the head of its first request, and for that of each later one, from its first line on.
    package var head: Duration = .seconds(10)
    /// For a body, from the end of its head on.
    package var body: Duration = .seconds(30)
    /// For the next request on a connection, or for the next bytes of an answer to be taken; whole seconds.
    package var idle: Duration = .seconds(75)
    /// Connections at the same time; past it, the one that has been silent longest is closed for each new one.
    ///
    /// The process is allowed as many open files, where the system lets it raise its own limit.
    package var connections = 4096
    /// Connections from one address at the same time; 0 is as many as in all.
    package var connectionsPerAddress = 0
    /// Bytes of all bodies that are being sent or answered, past which the answer is 503.
    package var allBodies = 64 << 20

    package init() {}
}
