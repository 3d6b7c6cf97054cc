import CSystem

/// The memory of this process, in which secrets are as soon as settings are read.
package enum ProcessMemory {
    /// The variable that leaves it open; of the environment alone, since no secret may be read before.
    package static let variable = "OE_MCP_DEBUG"

    /// Closes it to core dumps, debuggers and other programs of this user; to be called before anything is read.
    ///
    /// `debug` is the value of the variable. Returns what a person has to be warned of.
    package static func close(debug: String?) -> String? {
        if debug.flatMap({ Bool(setting: $0) }) == true {
            return "\(variable) is set: debuggers and core dumps can show the secrets of this process."
        }
        guard oe_close_memory() == 0 else {
            return "This system does not close a process to debuggers and core dumps, which can show its secrets."
        }
        return nil
    }
}
