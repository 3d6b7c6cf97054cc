import CMicroHTTPD
import Logging
import Synchronization

/// What the library's callbacks share; they all come on the library's one thread.
final class ServerCore: Sendable {
    let log: Log
    let watch: HangUpWatch
    let answer: HTTPServer.Answer
    /// Host and port for clients that name none.
    let authority = Mutex("")

    init(log: Log, watch: HangUpWatch, answer: @escaping HTTPServer.Answer) {
        self.log = log
        self.watch = watch
        self.answer = answer
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
        _ piece: UnsafePointer<CChar>?,
        _ count: UnsafeMutablePointer<Int>?,
        _ exchange: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) -> MHD_Result {
        guard let pointer = exchange?.pointee, let method, let count else { return oe_mhd_no() }
        let exchange = Unmanaged<HTTPExchange>.fromOpaque(pointer).takeUnretainedValue()
        let bytes = UnsafeRawBufferPointer(start: piece, count: piece == nil ? 0 : count.pointee)
        count.pointee = 0
        return exchange.advanced(method: String(cString: method), piece: bytes) ? oe_mhd_yes() : oe_mhd_no()
    }

    /// The answer is out, or the connection is gone.
    static func ended(_ exchange: UnsafeMutablePointer<UnsafeMutableRawPointer?>?) {
        guard let pointer = exchange?.pointee else { return }
        exchange?.pointee = nil
        Unmanaged<HTTPExchange>.fromOpaque(pointer).takeRetainedValue().ended()
    }
}
