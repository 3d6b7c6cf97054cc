import CMicroHTTPD
import HTTP

/// What the library calls; all calls for a connection come on one thread.
enum LibraryCallbacks {
    /// A connection is there, or about to be gone.
    static func connected(
        _ daemon: UnsafeMutableRawPointer?,
        _ connection: OpaquePointer?,
        _ context: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
        _ code: MHD_ConnectionNotificationCode
    ) {
        guard let daemon, let connection, let context else { return }
        let server = Unmanaged<Daemon>.fromOpaque(daemon).takeUnretainedValue()
        if oe_mhd_has_started(code) != 0 {
            let new = HTTPConnection(MHDConnection(pointer: connection), of: server)
            context.pointee = Unmanaged.passRetained(new).toOpaque()
            server.connectionHasOpened()
            server.watch.opened(new)
        } else if let kept = context.pointee {
            context.pointee = nil
            server.connectionHasClosed()
            server.watch.closed(Unmanaged<HTTPConnection>.fromOpaque(kept).takeRetainedValue())
        }
    }

    /// A request line has been read; the exchange begins with the head.
    static func begins(_ target: UnsafePointer<CChar>?, _ connection: OpaquePointer?) -> UnsafeMutableRawPointer? {
        guard let target, let kept = connection.flatMap({ oe_mhd_context($0) }) else { return nil }
        let connection = Unmanaged<HTTPConnection>.fromOpaque(kept).takeUnretainedValue()
        connection.target = String(cString: target)
        connection.nextID = Numbers.next()
        connection.expects(.head, connection.nextID)
        return nil
    }

    /// Called once for the head, then for each piece of the body, then once for its end, and again after a rest.
    static func advanced(
        _ connection: OpaquePointer?,
        _ method: UnsafePointer<CChar>?,
        _ version: UnsafePointer<CChar>?,
        _ piece: UnsafePointer<CChar>?,
        _ count: UnsafeMutablePointer<Int>?,
        _ exchange: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) -> MHD_Result {
        guard let exchange, let count else { return oe_mhd_no() }
        let bytes = UnsafeRawBufferPointer(start: piece, count: piece == nil ? 0 : count.pointee)
        count.pointee = 0
        let isGoingOn: Bool
        if let pointer = exchange.pointee {
            isGoingOn = Unmanaged<HTTPExchange>.fromOpaque(pointer).takeUnretainedValue().advanced(bytes)
        } else {
            guard let method, let version, let kept = connection.flatMap({ oe_mhd_context($0) }) else {
                return oe_mhd_no()
            }
            let new = Unmanaged<HTTPConnection>.fromOpaque(kept).takeUnretainedValue().exchange(
                method,
                version: String(cString: version)
            )
            exchange.pointee = Unmanaged.passRetained(new).toOpaque()
            isGoingOn = new.begins()
        }
        return isGoingOn ? oe_mhd_yes() : oe_mhd_no()
    }

    /// The answer is out, or the connection is gone.
    static func ended(
        _ exchange: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
        _ code: MHD_RequestTerminationCode
    ) {
        guard let pointer = exchange?.pointee else { return }
        exchange?.pointee = nil
        Unmanaged<HTTPExchange>.fromOpaque(pointer).takeRetainedValue().ended(isComplete: oe_mhd_is_complete(code) != 0)
    }
}
