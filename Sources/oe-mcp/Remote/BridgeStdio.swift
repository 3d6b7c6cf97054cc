import Bridge
import Commands
import JSONRPC
import Logging
import MCPClient

/// A bridge on standard input and output, for one client.
enum BridgeStdio {
    /// How long a server on this machine may take to end after the signal that asks it to.
    private static let childSeconds = 1.0
    /// A remote server may take long, and the client knows how much it asks for.
    private static let requestsInFlight = 1024
    private static let questionsAtOnce = 256

    /// Serves on the calling thread until the client is done; `whenOpen` is called once both descriptors are the protocol's,
    /// `hungUp` after SIGHUP.
    static func serve(
        _ bridge: Bridge,
        lineLimit: Int,
        executor: any TaskExecutor,
        log: Log,
        hungUp: @escaping @Sendable () -> Void,
        whenOpen: () -> Void
    ) {
        let transport = StdioTransport(lineLimit: lineLimit, hungUp: hungUp)
        let connection = bridge.connection()
        let conversation = Conversation(
            handler: connection,
            sink: transport,
            executor: executor,
            slots: .alone(requestsInFlight),
            questionsAtOnce: questionsAtOnce,
            log: log
        )
        whenOpen()
        let ending = transport.serve(conversation, log: log)
        // A client that has sent a signal kills soon.
        if ending == .signalled { ChildProcesses.all.end(within: childSeconds) }
        // The server is notified, so that nothing is left there.
        Waiter.run {
            await connection.hangUp()
            await bridge.close()
        }
        ChildProcesses.all.end(within: childSeconds)
    }
}
