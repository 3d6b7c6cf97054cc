import CMicroHTTPD
package import Logging
import Synchronization
import Threads

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Requests in, responses out, over libmicrohttpd.
///
/// One thread of the library reads and writes all connections, and asks the ``HTTPService``. What that decides at once is
/// answered at once; until it decides, the connection rests and holds up no other.
package final class HTTPServer: Sendable {
    /// The address that is listened on, in numbers.
    package let address: String
    /// The port that is listened on, which is never 0.
    package let port: Int
    private let core: ServerCore
    private let watch: ConnectionWatch
    private let daemon: Mutex<Daemon?>

    package init(
        _ configuration: HTTPServerConfiguration,
        log: Log,
        service: any HTTPService
    ) throws(HTTPServerError) {
        if let tls = configuration.tls { try Self.check(tls) }
        Self.allowFiles(configuration.limits.connections)
        guard let watch = ConnectionWatch(configuration.limits) else {
            throw Self.nothingLeft
        }
        let core = ServerCore(service: service, limits: configuration.limits, log: log)
        do throws(HTTPServerError) {
            let socket = try Self.socket(configuration)
            (address, port) = Self.place(of: socket)
            guard let daemon = Daemon(core, watch, socket: socket, tls: configuration.tls) else {
                throw Self.nothingLeft
            }
            self.daemon = Mutex(daemon)
        } catch {
            _ = watch.stop()
            throw error
        }
        self.core = core
        self.watch = watch
    }

    deinit { stop() }

    package var openConnections: Int { watch.count }

    /// Takes no new connection: those wait for who else listens on the socket.
    ///
    /// Open ones go on.
    package func stopListening() { daemon.withLock { $0?.quiesce() } }

    /// From the next handshake on, clients see this identity; open connections live on with theirs.
    package func reload(tls: TLSIdentity) throws(HTTPServerError) {
        try Self.check(tls)
        let isDone = daemon.withLock { daemon in
            // Without one it has stopped, and what is not secure stays so.
            guard let current = daemon, current.isSecure else { return true }
            let socket = fcntl(current.socket, F_DUPFD_CLOEXEC, 0)
            guard socket >= 0, let next = Daemon(core, watch, socket: socket, tls: tls) else { return false }
            current.quiesce()
            watch.retire(current)
            daemon = next
            return true
        }
        if !isDone { throw Self.nothingLeft }
    }

    /// Ends every connection and stream, and gives the port back; a second call does nothing.
    ///
    /// It waits for the library's thread, so it must not be called on that.
    package func stop() {
        if core.isStopping.exchange(true, ordering: .sequentiallyConsistent) { return }
        for connection in watch.connections { connection.exchange.withLock { $0 }?.giveUp(.stopping) }
        letAnswersOut()
        let last = daemon.withLock { daemon in
            defer { daemon = nil }
            return daemon
        }
        last?.stop()
        for daemon in watch.stop() { daemon.stop() }
    }

    /// A moment for what has just been said; who does not read it is not waited for.
    private func letAnswersOut() {
        for _ in 0..<100 where watch.connections.contains(where: { $0.wait.kind == .nothing }) {
            Threads.pause(seconds: 0.001)
        }
    }
}

extension HTTPServer {
    /// Why certificate and key cannot be used, in the library's words, which may be empty; nil where they can.
    package static func problem(with tls: TLSIdentity) -> String? { Daemon.problem(with: tls) }

    private static let nothingLeft = HTTPServerError(
        description: "The system has no thread, memory or descriptor left. Close other programs."
    )

    private static func check(_ tls: TLSIdentity) throws(HTTPServerError) {
        guard let problem = Daemon.problem(with: tls) else { return }
        throw HTTPServerError(
            description: "The certificate and its key cannot be used\(problem.isEmpty ? "" : " (\(problem))"). "
                + "Both have to be PEM, the certificate first of its chain, and the key its own without a passphrase."
        )
    }

    private static func socket(_ configuration: HTTPServerConfiguration) throws(HTTPServerError) -> Int32 {
        if let descriptor = configuration.listeningDescriptor {
            if isListening(descriptor) {
                _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
                return descriptor
            }
            throw HTTPServerError(
                description: "Descriptor \(descriptor) is no socket that listens. Hand over one, or name an address."
            )
        }
        guard let port = UInt16(exactly: configuration.port) else {
            throw HTTPServerError(
                description: "\(configuration.port) is not a port. Choose one up to 65535, or 0 for a free one."
            )
        }
        let socket = oe_listen(configuration.address, port)
        if socket >= 0 { return socket }
        throw HTTPServerError(
            description: "Port \(port) of \(configuration.address) cannot be opened "
                + "(\(String(cString: strerror(errno)))). Choose another port, or 0 for one that is free."
        )
    }

    private static func isListening(_ descriptor: Int32) -> Bool {
        var (value, size) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
        return getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &value, &size) == 0 && value != 0
    }

    private static func place(of socket: Int32) -> (String, Int) {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(oe_address_room)) { text in
            let port = oe_local_address(socket, text.baseAddress)
            return (text.baseAddress.map { String(cString: $0) } ?? "", Int(port))
        }
    }

    /// Raises the number of files this process may open, as far as the system lets it, so that connections find room.
    private static func allowFiles(_ connections: Int) {
        #if canImport(Glibc)
        let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
        let files = RLIMIT_NOFILE
        #endif
        var limit = rlimit()
        let wanted = rlim_t(connections + 128)
        guard getrlimit(files, &limit) == 0, limit.rlim_cur < wanted else { return }
        limit.rlim_cur = min(wanted, limit.rlim_max)
        setrlimit(files, &limit)
    }
}
