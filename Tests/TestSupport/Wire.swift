#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

package struct WireError: Error {}

/// A bare connection to a server on 127.0.0.1, for what no HTTP library would send.
package final class Wire: Sendable {
    private let descriptor: Int32

    package init(port: Int) throws(WireError) {
        #if canImport(Glibc)
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        #else
        descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let isOpen = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isOpen else { throw WireError() }
    }

    deinit { close(descriptor) }

    package func write(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            #if canImport(Glibc)
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            #else
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, 0) }
            #endif
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// No more is sent; what comes is still read.
    package func closeWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

    package func hangUp() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// What the server sends until `isEnough` or the end; on a thread of its own, because it waits.
    package func read(until isEnough: (@Sendable (String) -> Bool)? = nil) async -> String {
        await withCheckedContinuation { continuation in
            onThread { [self] in continuation.resume(returning: text(until: isEnough)) }
        }
    }

    private func text(until isEnough: ((String) -> Bool)?) -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while isEnough.map({ !$0(String(decoding: bytes, as: UTF8.self)) }) ?? true {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
