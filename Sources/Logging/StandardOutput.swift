#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Descriptor 2, written a whole line at a time.
package enum StandardError {
    package static func write(_ line: String) { Stream.write(line, to: 2) }
}

/// Descriptor 1, for commands that a person reads; the server's own words go through its transport.
package enum StandardOutput {
    package static func write(_ line: String) { Stream.write(line, to: 1) }
}

private enum Stream {
    static func write(_ line: String, to descriptor: Int32) {
        var bytes = Array(line.utf8)[...]
        bytes.append(UInt8(ascii: "\n"))
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { buffer in
                #if canImport(Glibc)
                Glibc.write(descriptor, buffer.baseAddress, buffer.count)
                #else
                Darwin.write(descriptor, buffer.baseAddress, buffer.count)
                #endif
            }
            if written < 0 && errno == EINTR { continue }
            // Nobody reads it, or it is full and will not wait: there is nobody left to tell.
            guard written > 0 else { return }
            bytes = bytes.dropFirst(written)
        }
    }
}
