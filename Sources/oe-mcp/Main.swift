import Logging
import Settings

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@main
enum Main {
    /// Leaves without `exit`'s clean-up: calls that nothing waits for may still be inside the libraries it takes apart.
    static func main() {
        let debug = getenv(ProcessMemory.variable).map { String(cString: $0) }
        if let warning = ProcessMemory.close(debug: debug) { StandardError.write("warning: \(warning)") }
        _exit(Program.run(CommandLine.arguments))
    }
}
