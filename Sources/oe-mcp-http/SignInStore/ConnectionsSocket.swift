import AuthorizationServer
import Commands
import JSON
import Threads

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A Unix socket in the folder of sign-ins, at which a running server answers `oe-mcp-http connections`.
///
/// The folder lets no other user in. A request is a line of JSON, and so is the answer.
final class ConnectionsSocket: Sendable {
    private static let name = "/connections.sock"
    private static let (longestRequest, longestAnswer) = (4096, 64 << 20)

    private let path: String
    private let descriptor: Int32

    /// The folder's lock must be held, so that a socket that is there is no one's any more.
    init(in folder: String, _ store: GrantStore) throws(SocketFailure) {
        path = folder + Self.name
        let descriptor = try Self.listening(at: path)
        self.descriptor = descriptor
        guard Threads.start({ Self.serve(descriptor, store) }) else { throw SocketFailure("there is no thread for it") }
    }

    deinit {
        unlink(path)
        // Wakes the thread, which closes it.
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    private static func listening(at path: String) throws(SocketFailure) -> Int32 {
        let descriptor = try made()
        unlink(path)
        let isBound = withAddress(path) { bind(descriptor, $0, $1) == 0 }
        if isBound == true, chmod(path, 0o600) == 0, listen(descriptor, 8) == 0 { return descriptor }
        let failure = SocketFailure(isBound == nil ? "the path of its folder is too long" : nil)
        close(descriptor)
        throw failure
    }

    /// Nil where no server listens in the folder.
    static func ask(_ request: ConnectionsRequest, in folder: String) throws(SocketFailure) -> JSON? {
        let descriptor = try made()
        defer { close(descriptor) }
        guard withAddress(folder + name, { connect(descriptor, $0, $1) == 0 }) == true else { return nil }
        setPatience(of: descriptor, seconds: 30)
        guard deliver(request.json, to: descriptor) else { throw SocketFailure() }
        guard let line = line(from: descriptor, limit: longestAnswer), let json = try? JSON(parsing: line) else {
            throw SocketFailure("the server did not answer")
        }
        return json
    }

    private static func serve(_ descriptor: Int32, _ store: GrantStore) {
        while true {
            let client = accept(descriptor, nil, nil)
            if client < 0 {
                if [EINTR, ECONNABORTED].contains(errno) { continue }
                break
            }
            _ = fcntl(client, F_SETFD, FD_CLOEXEC)
            setPatience(of: client, seconds: 5)
            if let line = line(from: client, limit: longestRequest), let json = try? JSON(parsing: line),
                let request = ConnectionsRequest(json)
            {
                _ = deliver(Waiter.run { await request.outcome(from: store) }, to: client)
            }
            close(client)
        }
        close(descriptor)
    }

    private static func made() throws(SocketFailure) -> Int32 {
        #if canImport(Glibc)
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        #else
        let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { throw SocketFailure() }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return descriptor
    }

    /// Nil where the path does not fit.
    private static func withAddress<Result>(
        _ path: String,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, size) }
        }
    }

    private static func setPatience(of descriptor: Int32, seconds: Int) {
        var time = timeval(tv_sec: seconds, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    private static func deliver(_ json: JSON, to descriptor: Int32) -> Bool {
        let bytes = json.bytes + [UInt8(ascii: "\n")]
        return bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let count = write(descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return false }
                done += count
            }
            return true
        }
    }

    /// Nil for what has no end, or is too long.
    private static func line(from descriptor: Int32, limit: Int) -> [UInt8]? {
        var (line, buffer): ([UInt8], [UInt8]) = ([], Array(repeating: 0, count: 1 << 16))
        while line.count <= limit {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return nil }
            line += buffer[..<count]
            if line.last == UInt8(ascii: "\n") { return Array(line.dropLast()) }
        }
        return nil
    }
}

/// The socket cannot be used.
struct SocketFailure: Error {
    let reason: String

    /// Nil for what the system says.
    init(_ reason: String? = nil) { self.reason = reason ?? String(cString: strerror(errno)) }
}
