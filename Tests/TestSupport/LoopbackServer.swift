import Synchronization
import Threads

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A server on 127.0.0.1 that does to each connection what a test says, on a thread of its own per connection.
package final class LoopbackServer: Sendable {
    package let port: UInt16
    private let listener: Int32
    private let accepted: Counter

    package init(_ serve: @escaping @Sendable (Connection) -> Void) throws(SocketError) {
        let (listener, port) = try Self.listen()
        let accepted = Counter()
        self.listener = listener
        self.port = port
        self.accepted = accepted
        onThread {
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0 else { break }
                accepted.increment()
                onThread { serve(Connection(descriptor)) }
            }
            close(listener)
        }
    }

    /// Answers every request on every connection with what `answer` makes of it.
    package static func answering(_ answer: @escaping @Sendable (Received) -> String) throws(SocketError)
        -> LoopbackServer
    {
        try LoopbackServer { connection in
            while let request = connection.request() { connection.write(answer(request)) }
        }
    }

    /// Answers every request that accepts gzip with a body that is already packed.
    package static func sending(packed: [UInt8]) throws(SocketError) -> LoopbackServer {
        try LoopbackServer { connection in
            while let request = connection.request(), request.field("accept-encoding")?.contains("gzip") == true {
                connection.write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(packed.count)\r\n\r\n")
                connection.write(packed)
            }
        }
    }

    deinit { refuse() }

    /// Takes no further connection; those that are there go on.
    package func refuse() { shutdown(listener, Int32(SHUT_RDWR)) }

    package var url: String { "http://127.0.0.1:\(port)" }
    package var connectionCount: Int { accepted.value }

    /// A port on which nothing listens: it was free a moment ago.
    package static func closedPort() throws(SocketError) -> UInt16 {
        let (listener, port) = try listen()
        close(listener)
        return port
    }

    private static func listen() throws(SocketError) -> (Int32, UInt16) {
        #if canImport(Glibc)
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        #else
        let listener = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && getsockname(listener, address, &length) == 0
            }
        }
        #if canImport(Glibc)
        guard isListening, Glibc.listen(listener, 128) == 0 else { throw SocketError() }
        #else
        guard isListening, Darwin.listen(listener, 128) == 0 else { throw SocketError() }
        #endif
        return (listener, UInt16(bigEndian: address.sin_port))
    }
}

package struct SocketError: Error {}

/// A number that several threads count up.
package final class Counter: Sendable {
    private let count = Atomic(0)

    package init() {}
    package var value: Int { count.load(ordering: .sequentiallyConsistent) }
    package func increment() { count.add(1, ordering: .sequentiallyConsistent) }
}

/// A request as it came over the wire.
package struct Received: Sendable {
    /// Such as `GET /path HTTP/1.1`.
    package let line: String
    package let fields: [String]
    package let body: [UInt8]

    /// The first value under `name`, which is written in small letters.
    package func field(_ name: String) -> String? {
        fields.first { $0.lowercased().hasPrefix("\(name):") }.map { field in
            String(field.dropFirst(name.count + 1).drop { $0 == " " })
        }
    }
}

/// One connection, as the server sees it.
package final class Connection {
    private let descriptor: Int32
    private var pending: [UInt8] = []

    init(_ descriptor: Int32) { self.descriptor = descriptor }
    deinit { close(descriptor) }

    /// The next request, or nil when the client has closed the connection.
    package func request() -> Received? {
        let end = Array("\r\n\r\n".utf8)
        var headCount: Int?
        while headCount == nil {
            headCount = pending.indices.first { pending[$0...].starts(with: end) }
            if headCount == nil, !receive() { return nil }
        }
        let count = headCount ?? 0
        let lines = String(decoding: pending[..<count], as: UTF8.self).split(separator: "\r\n").map { String($0) }
        pending.removeFirst(count + end.count)
        let head = Received(line: lines.first ?? "", fields: Array(lines.dropFirst()), body: [])
        let length = head.field("content-length").flatMap { Int($0) } ?? 0
        while pending.count < length { guard receive() else { return nil } }
        defer { pending.removeFirst(length) }
        return Received(line: head.line, fields: head.fields, body: Array(pending[..<length]))
    }

    /// Closes the connection, also when the client still waits for something.
    package func end() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Waits until the client closes the connection.
    package func waitForEnd() { while receive() {} }

    /// False when the client no longer reads.
    @discardableResult
    package func write(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            #if canImport(Glibc)
            let count = rest.withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            #else
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, 0) }
            #endif
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    @discardableResult
    package func write(_ text: String) -> Bool { write(Array(text.utf8)) }

    private func receive() -> Bool {
        var chunk = [UInt8](repeating: 0, count: 16_384)
        let count = read(descriptor, &chunk, chunk.count)
        guard count > 0 else { return false }
        pending += chunk[..<count]
        return true
    }
}
