import CMicroHTTPD
package import HTTP
package import Logging
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Requests in, responses out, over libmicrohttpd.
///
/// One thread of the library reads and writes all connections. Each request is answered by a Swift task while its
/// connection rests, so that a slow answer holds up no other; the task is cancelled when its client hangs up.
package final class HTTPServer: Sendable {
    package typealias Answer = @Sendable (HTTPRequest) async -> HTTPServerReply

    /// A body larger than this is answered with 413.
    package static let bodyLimit = 16 << 20
    /// The names under which a server of this machine only is asked.
    package static let loopbackNames: Set<String> = ["localhost", "127.0.0.1", "::1"]
    /// Places for those who are asked to leave, until they have left.
    private static let reserve = 32

    package let address: String
    /// The port listened on, which is never 0.
    package let port: Int
    private let core: ServerCore
    private let daemon: Daemon

    /// `hosts` are the names, in small letters and without a port, under which it answers; any other gets 403.
    package init(
        address: String = "127.0.0.1",
        port: Int = 0,
        hosts: Set<String> = loopbackNames,
        limits: HTTPServerLimits = HTTPServerLimits(),
        log: Log = .none,
        answer: @escaping Answer
    ) throws(HTTPServerError) {
        guard let wanted = UInt16(exactly: port) else {
            throw HTTPServerError(description: "\(port) is not a port. Choose one up to 65535, or 0 for a free one.")
        }
        guard let watch = HangUpWatch(limits) else {
            throw HTTPServerError(description: "The system has no thread or pipe left. Close other programs.")
        }
        let core = ServerCore(hosts: hosts, limits: limits, log: log, watch: watch, answer: answer)
        guard
            let daemon = oe_mhd_start(
                address,
                wanted,
                oe_mhd_limits(
                    connections: UInt32(clamping: limits.connections + Self.reserve),
                    per_address: UInt32(clamping: limits.connectionsPerAddress),
                    idle_seconds: UInt32(clamping: limits.idle.components.seconds)
                ),
                { ServerCore.accessed($0, $1, $3, $4, $5, $6, $7) },
                { ServerCore.began($0, $1, $2) },
                { _, _, exchange, _ in ServerCore.ended(exchange) },
                { ServerCore.connected($0, $1, oe_mhd_has_started($3) != 0) },
                Unmanaged.passUnretained(core).toOpaque()
            )
        else {
            let reason = String(cString: strerror(errno))
            watch.stop()
            throw HTTPServerError(
                description: "Port \(port) of \(address) cannot be opened (\(reason)). "
                    + "Choose another port, or 0 for one that is free."
            )
        }
        self.core = core
        self.daemon = Daemon(pointer: daemon)
        self.address = address
        self.port = Int(oe_mhd_port(daemon))
        core.authority.withLock { $0 = "\(Self.bracketed(address)):\(self.port)" }
    }

    deinit { stop() }

    /// Ends every connection and cancels what is being answered; after it the port is free.
    ///
    /// A second call does nothing.
    package func stop() {
        guard core.watch.stop() else { return }
        MHD_stop_daemon(daemon.pointer)
    }

    private static func bracketed(_ address: String) -> String { address.contains(":") ? "[\(address)]" : address }

    private struct Daemon: @unchecked Sendable {
        let pointer: OpaquePointer
    }
}
