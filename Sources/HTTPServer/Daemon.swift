import CMicroHTTPD
import Logging
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// One server of the library, with its thread: those who connected while it listened stay with it.
final class Daemon: Sendable {
    /// A head of 32 KiB needs a little more, with what the library notes of each field; and what is above 32 KiB comes
    /// from the system page by page, so that a connection takes only as much memory as it uses.
    private static let poolSize = 40 << 10
    /// Places for those who are asked to leave, until they have left.
    private static let reserve = 32

    let core: ServerCore
    let watch: ConnectionWatch
    let isSecure: Bool
    /// What it listens on.
    let socket: Int32
    private let open = Atomic(0)
    private let isRetired = Atomic(false)
    private let wasEmpty = Atomic(false)
    /// Set once, before anyone else knows this.
    nonisolated(unsafe) private var pointer: OpaquePointer?

    /// Serves what listens on `socket`, which is the library's from now on; nil with `errno` set when it cannot.
    init?(_ core: ServerCore, _ watch: ConnectionWatch, socket: Int32, tls: TLSIdentity?) {
        self.core = core
        self.watch = watch
        self.socket = socket
        isSecure = tls != nil
        pointer = Self.withPointers(tls) { certificates, key in
            oe_mhd_start(
                oe_mhd_options(
                    socket: socket,
                    is_ipv6: oe_is_ipv6(socket),
                    connections: UInt32(clamping: core.limits.connections + Self.reserve),
                    per_address: UInt32(clamping: core.limits.connectionsPerAddress),
                    idle_seconds: UInt32(clamping: core.limits.idle.components.seconds),
                    pool: Self.poolSize,
                    certificate: certificates,
                    key: key
                ),
                { LibraryCallbacks.advanced($1, $3, $4, $5, $6, $7) },
                { LibraryCallbacks.begins($1, $2) },
                { LibraryCallbacks.ended($2, $3) },
                { LibraryCallbacks.connected($0, $1, $2, $3) },
                Unmanaged.passUnretained(self).toOpaque()
            )
        }
        if pointer == nil { return nil }
    }

    /// Nil when the library takes the identity, or else what it says about it.
    static func problem(with tls: TLSIdentity) -> String? {
        withPointers(tls) { certificates, key in
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { reason in
                guard oe_mhd_takes(certificates, key, reason.baseAddress, reason.count) == 0 else { return nil }
                let text = reason.baseAddress.map { String(cString: $0) } ?? ""
                return String(text.prefix { !$0.isNewline && $0 != "." })
            }
        }
    }

    private static func withPointers<Result>(
        _ tls: TLSIdentity?,
        _ body: (UnsafePointer<CChar>?, UnsafePointer<CChar>?) -> Result
    ) -> Result {
        guard let tls else { return body(nil, nil) }
        return tls.certificates.withCString { certificates in
            tls.key.revealed.withCString { body(certificates, $0) }
        }
    }

    func connectionHasOpened() { open.wrappingAdd(1, ordering: .relaxed) }
    func connectionHasClosed() { open.wrappingSubtract(1, ordering: .relaxed) }

    /// Listens no more.
    func quiesce() {
        MHD_quiesce_daemon(pointer)
        isRetired.store(true, ordering: .sequentiallyConsistent)
    }

    var isRetiredAndEmpty: Bool {
        isRetired.load(ordering: .sequentiallyConsistent) && open.load(ordering: .sequentiallyConsistent) == 0
    }

    /// False the first time: a connection may be about to be counted.
    func wasEmptyBefore() -> Bool { wasEmpty.exchange(true, ordering: .relaxed) }

    /// Ends all connections; not to be called on its own thread, for which it waits.
    func stop() {
        MHD_stop_daemon(pointer)
        // The library leaves the socket open of a daemon that listens no more.
        if isRetired.load(ordering: .sequentiallyConsistent) { close(socket) }
    }
}
