import JSONRPC
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

    /// What the person types; nil when the input ends.
    static func line() async -> String? {
        await withCheckedContinuation { continuation in
            let hasStarted = Threads.start { continuation.resume(returning: readLine()) }
            if !hasStarted { continuation.resume(returning: nil) }
        }
    }
}
