import JSON
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite(.enabled(if: RunningProgram.showsKernelNumbers)) struct `The memory of a program` {
    private static let programs = [("oe-mcp", ["--sandbox"]), ("oe-mcp-http", ["sandbox", "--port", "0"])]

    @Test(arguments: programs) func `is in no core dump`(name: String, arguments: [String]) throws {
        let program = try RunningProgram(name, arguments)
        program.start()
        #expect(program.coreLimits == ["0", "0"])
        #expect(!program.readErrorsAfterEnd().contains("OE_MCP_DEBUG"))
    }

    /// The kernel gives root the files of a process that others may not look into.
    @Test(.enabled(if: RunningProgram.canBeAnotherUser), arguments: programs)
    func `is closed to other programs of its user`(name: String, arguments: [String]) throws {
        let program = try RunningProgram.asAnotherUser(name, arguments)
        program.start()
        #expect(program.owner(of: "environ") == 0)
        #expect(program.owner(of: "mem") == 0)
    }

    @Test(.enabled(if: RunningProgram.canBeAnotherUser), arguments: programs)
    func `is left open where the environment says so, which is logged`(name: String, arguments: [String]) throws {
        let environment = ["OE_MCP_DEBUG": "true", "LOG_LEVEL": "error"]
        let program = try RunningProgram.asAnotherUser(name, arguments, environment: environment)
        program.start()
        #expect(program.owner(of: "environ") != 0)
        let told = program.readErrorsAfterEnd().split(separator: "\n").first ?? ""
        #expect(told == "warning: OE_MCP_DEBUG is set: debuggers and core dumps can show the secrets of this process.")
    }

    @Test(
        .enabled(if: RunningProgram.canBeAnotherUser),
        arguments: [
            (["OE_MCP_DEBUG": "false"], ""), (["OE_MCP_DEBUG": ""], ""), ([:], "OE_MCP_DEBUG=true\n"),
        ] as [([String: String], String)]
    )
    func `is closed whatever a file says`(environment: [String: String], file: String) throws {
        let program = try RunningProgram.asAnotherUser("oe-mcp", ["--sandbox"], environment: environment, file: file)
        program.start()
        #expect(program.owner(of: "environ") == 0)
    }
}

extension RunningProgram {
    /// Asks something, or waits for a first word, so that it has begun.
    fileprivate func start() {
        write(#"{"jsonrpc":"2.0","id":1,"method":"ping"}"# + "\n")
        #expect(readLine() != nil)
    }

    /// The soft and the hard limit of the size of a core dump.
    fileprivate var coreLimits: [String] {
        let line = Self.lines("/proc/\(processID)/limits").first { $0.hasPrefix("Max core file size") } ?? ""
        return line.split(separator: " ").dropFirst(4).prefix(2).map { String($0) }
    }

    fileprivate func owner(of file: String) -> uid_t? {
        var status = stat()
        return stat("/proc/\(processID)/\(file)", &status) == 0 ? status.st_uid : nil
    }

    fileprivate func readErrorsAfterEnd() -> String {
        signal(SIGTERM)
        return readErrors()
    }

    private static let switcher = "/usr/bin/setpriv"

    fileprivate static let canBeAnotherUser = geteuid() != 0 || access(switcher, X_OK) == 0

    /// As this user, or as one without rights where that is root, whose processes look the same either way.
    fileprivate static func asAnotherUser(
        _ name: String,
        _ arguments: [String],
        environment: [String: String] = [:],
        file: String = ""
    ) throws -> RunningProgram {
        let path = "\(products)/\(name)"
        let isRoot = geteuid() == 0
        let words = isRoot ? ["--reuid=65534", "--regid=65534", "--clear-groups", path] + arguments : arguments
        return try RunningProgram(isRoot ? switcher : path, words, environment: environment, files: [".env": file])
    }

    private static func lines(_ path: String) -> [Substring] {
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 8192)
        let count = fread(&buffer, 1, buffer.count, file)
        return String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n")
    }
}
