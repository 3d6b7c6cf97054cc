import Commands
import Crypto
import Logging
import Settings
import Text

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// `oe-mcp-http keys new`: makes a file with a key; one that is there is never replaced.
enum KeysCommand {
    static let description = CommandLineCommand(
        "keys",
        operands: "new [FILE]",
        "Make a key that seals sessions, in FILE, in that of MCP_SEAL_KEY_FILE or on standard output.",
        options: Settings.options
    )

    static func run(_ line: ParsedCommandLine) throws -> Int32 {
        guard line.operands.first == "new", line.operands.count <= 2 else {
            throw UsageError("`keys` makes new ones only.", advice: "Write oe-mcp-http keys new, perhaps with a file.")
        }
        let key = try Crypto.randomBytes(32)
        let id = try KeyRing.id(of: key)
        let text =
            "# Key \(id) of oe-mcp-http. Put a newer one in front of it; remove this one a day later.\n"
            + key.hexadecimal + "\n"
        let named = line.operands.dropFirst().first
        guard let path = try named ?? Environment.settings(line).httpAccess.sealKeyFile else {
            StandardOutput.write(String(text.dropLast()))
            return 0
        }
        if let problem = create(path, text) {
            StandardError.write(VisibleText.line("oe-mcp-http: \(path) \(problem)"))
            return 1
        }
        StandardError.write(VisibleText.line("Key \(id) is in \(path), which only you can read."))
        return 0
    }

    /// Nil when it is there; else what stood in the way, and what to do.
    private static func create(_ path: String, _ text: String) -> String? {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            if errno == EEXIST {
                return "exists, and is not replaced. Add a line in front of those in it, or name another."
            }
            return "cannot be made: \(String(cString: strerror(errno))). Name another file."
        }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count else {
            return "cannot be written: \(String(cString: strerror(errno))). Remove it, and free some space."
        }
        return nil
    }
}
