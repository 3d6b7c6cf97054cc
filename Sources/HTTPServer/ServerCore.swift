import CMicroHTTPD
import Logging
import Synchronization

/// What the library's callbacks share; they all come on the library's one thread.
final class ServerCore: Sendable {
    let hosts: Set<String>
    let limits: HTTPServerLimits
    let log: Log
    let watch: HangUpWatch
    let answer: HTTPServer.Answer
    /// Host and port for clients that name none.
    let authority = Mutex("")
    /// Bytes of all bodies that are being sent or answered.
    private let bodies = Mutex(0)

    init(
        hosts: Set<String>,
        limits: HTTPServerLimits,
        log: Log,
        watch: HangUpWatch,
        answer: @escaping HTTPServer.Answer
    ) {
        self.hosts = hosts
        self.limits = limits
        self.log = log
        self.watch = watch
        self.answer = answer
    }

    /// False when there is no room for so many bytes more; what was taken is given back with the same number, negative.
    func takeRoom(_ bytes: Int) -> Bool {
        bodies.withLock { taken in
            guard bytes < 0 || taken + bytes <= limits.allBodies else { return false }
            taken += bytes
            return true
        }
    }

    /// A connection is there, or about to be gone.
    static func connected(_ core: UnsafeMutableRawPointer?, _ connection: OpaquePointer?, _ hasStarted: Bool) {
        guard let core, let connection else { return }
        let watch = Unmanaged<ServerCore>.fromOpaque(core).takeUnretainedValue().watch
        let connected = MHDConnection(pointer: connection)
        if hasStarted { watch.opened(connected) } else { watch.closed(connected) }
    }

    /// A request line has been read: its exchange begins, and is handed back by every later callback.
    static func began(
        _ core: UnsafeMutableRawPointer?,
        _ target: UnsafePointer<CChar>?,
        _ connection: OpaquePointer?
    ) -> UnsafeMutableRawPointer? {
        guard let core, let target, let connection else { return nil }
        let exchange = HTTPExchange(
            core: Unmanaged<ServerCore>.fromOpaque(core).takeUnretainedValue(),
            connection: MHDConnection(pointer: connection),
            target: String(cString: target)
        )
        return Unmanaged.passRetained(exchange).toOpaque()
    }

    /// Called once for the head, then for each piece of the body, then once for its end, and again after a rest.
    static func accessed(
        _ core: UnsafeMutableRawPointer?,
        _ connection: OpaquePointer?,
        _ method: UnsafePointer<CChar>?,
        _ version: UnsafePointer<CChar>?,
        _ piece: UnsafePointer<CChar>?,
        _ count: UnsafeMutablePointer<Int>?,
        _ exchange: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) -> MHD_Result {
        guard let pointer = exchange?.pointee, let method, let version, let count else { return oe_mhd_no() }
        let exchange = Unmanaged<HTTPExchange>.fromOpaque(pointer).takeUnretainedValue()
        let bytes = UnsafeRawBufferPointer(start: piece, count: piece == nil ? 0 : count.pointee)
        count.pointee = 0
        let isGoingOn = exchange.advanced(
            method: String(cString: method),
            version: String(cString: version),
            piece: bytes
        )
        return isGoingOn ? oe_mhd_yes() : oe_mhd_no()
    }

    /// The answer is out, or the connection is gone.
    static func ended(_ exchange: UnsafeMutablePointer<UnsafeMutableRawPointer?>?) {
        guard let pointer = exchange?.pointee else { return }
        exchange?.pointee = nil
        Unmanaged<HTTPExchange>.fromOpaque(pointer).takeRetainedValue().ended()
    }
}
