package import JSONRPC
import Logging

extension Server {
    /// Serves one client on standard input and output, on the calling thread, until it is done.
    ///
    /// `lineLimit` is how many bytes a message may have; `executor` is where calls like to be worked on. With `hungUp`
    /// SIGHUP does not end the program, but calls that, on the same thread. `observer` sees every message. `whenOpen` is
    /// called once both descriptors are the protocol's, so that nothing it prints can reach the client. What is still at
    /// work at the end is cancelled, and not awaited.
    package func serveStandardIO(
        lineLimit: Int = 64 << 20,
        executor: (any TaskExecutor)? = nil,
        hungUp: (@Sendable () -> Void)? = nil,
        observer: (any MessageObserver)? = nil,
        heard: (@Sendable (String) -> Void)? = nil,
        whenOpen: () -> Void = {}
    ) {
        let transport = StdioTransport(lineLimit: lineLimit, hungUp: hungUp, observer: observer)
        let conversation = Conversation(
            handler: connection(heard: heard),
            sink: transport,
            executor: executor,
            log: log
        )
        whenOpen()
        transport.serve(conversation, log: log)
    }
}
