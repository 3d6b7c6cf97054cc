import CSystem
import JSONRPC
import Logging
import Threads

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Descriptor 0, for commands that ask a person; the server's own input goes through its transport.
enum StandardInput {
    /// Whether a person sits there and sees what is written to standard error.
    static var isPerson: Bool { StdioTransport.isTerminal && isatty(2) == 1 }

    /// All that comes, up to a limit; for what is piped into a command.
    static func bytes(limit: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while bytes.count <= limit {
            let count = read(0, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { break }
            bytes += buffer[..<count]
        }
        return bytes
    }

    /// What the person types; nil when the input ends.
    static func line() async -> String? {
        StatusLine.hold()
        defer { StatusLine.release() }
        return await withCheckedContinuation { continuation in
            let hasStarted = Threads.start { continuation.resume(returning: readLine()) }
            if !hasStarted { continuation.resume(returning: nil) }
        }
    }

    /// What the person types without seeing it; nil when the input ends, or what is typed would be seen.
    ///
    /// The terminal shows again what is typed afterwards, also when a signal ends the program meanwhile.
    static func hiddenLine(after question: String) async -> String? {
        guard oe_hide_typing(0) == 0 else { return nil }
        StandardError.write(question)
        let line = await line()
        oe_show_typing()
        // The terminal has not shown the end of the line, either.
        StandardError.write("")
        return line
    }
}
