package import HTTPServer
package import Logging
package import MCP
package import Threads

extension Server {
    /// How long what is being worked on may take once the server is asked to end.
    package static var drain: Duration { .seconds(30) }

    /// Serves MCP over HTTP on the calling thread until SIGTERM or SIGINT comes, and then finishes what is under way.
    ///
    /// `ready` gets the address once it can be used. A second signal ends what is under way. To be called before any thread
    /// starts, because signals are held back from them.
    package func serveHTTP(
        _ configuration: StreamableHTTPConfiguration = StreamableHTTPConfiguration(),
        on place: HTTPServerConfiguration,
        authenticator: any Authenticator = LocalAuthenticator(),
        seal: Seal = Seal(),
        log: Log = .none,
        ready: (String) -> Void
    ) throws(HTTPServerError) {
        let signals = EndSignals()
        let service = StreamableHTTP(self, configuration, authenticator: authenticator, seal: seal, log: log)
        let http = try HTTPServer(place, log: log, service: service)
        ready(StreamableHTTP.address(of: http, isSecure: place.tls != nil))
        signals.wait()
        service.finish(within: Self.drain, orUntil: signals)
        http.stop()
    }
}

extension StreamableHTTP {
    /// Where clients of this machine reach the endpoint; one that listens on all addresses, under the loopback one.
    package static func address(of server: HTTPServer, isSecure: Bool) -> String {
        let host = ["0.0.0.0", "::"].contains(server.address) ? "127.0.0.1" : server.address
        let authority = host.contains(":") ? "[\(host)]" : host
        return "\(isSecure ? "https" : "http")://\(authority):\(server.port)/mcp"
    }

    /// Takes no new work, and returns when nothing is being worked on, when time is over or when a signal comes.
    ///
    /// `refuses` as in ``drain(refuses:)``.
    package func finish(within limit: Duration, orUntil signals: EndSignals, refuses: Bool = true) {
        let isOver = Monitor(false)
        let end: @Sendable () -> Void = {
            isOver.withLock { $0 = true }
            isOver.notifyOne()
        }
        drain(refuses: refuses)
        whenIdle(end)
        Threads.start {
            signals.waitForEnd()
            end()
        }
        _ = isOver.wait(seconds: limit / .seconds(1)) { $0 ? true : nil }
        self.end()
    }
}
