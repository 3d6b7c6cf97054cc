import Testing

@testable import oe_mcp

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct `A program that a command starts` {
    private func outcome(of script: String, errors: Bool = true, seconds: Int = 20) -> ForeignCommand.Outcome? {
        ForeignCommand.outcome("/bin/sh", ["-c", script], environment: ["A": "b"], errors: errors, seconds: seconds)
    }

    @Test func `is heard to its end`() {
        let found = outcome(of: "echo one $A; echo two >&2; exit 3")
        #expect(found?.code == 3 && found?.output == "one b\ntwo\n")
        #expect(outcome(of: "echo one; echo two >&2", errors: false)?.output == "one\n")
        #expect(outcome(of: "yes | head -c 1000000")?.output.utf8.count == 1 << 16)
        #expect(outcome(of: "kill -9 $$")?.code == 137)
        #expect(ForeignCommand.outcome("/nowhere/program", [], environment: [:], seconds: 1) == nil)
    }

    @Test func `is ended in time although it says no more`() throws {
        let found = try #require(outcome(of: "echo begun; exec >&- 2>&-; sleep 600", seconds: 1))
        #expect(found.code == nil && found.output == "begun\n")
    }

    #if canImport(Glibc)
    @Test func `takes along what it has started`() async throws {
        let found = try #require(outcome(of: "sleep 600 & echo $!"))
        let child = try #require(Int32(found.output.dropLast()))
        // Its number may stay for a moment, until someone has taken note of its end.
        while kill(child, 0) == 0, !isZombie(child) { await Task.yield() }
    }

    private func isZombie(_ process: Int32) -> Bool {
        guard let file = fopen("/proc/\(process)/stat", "r") else { return true }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 256)
        return fgets(&buffer, 256, file).map { String(cString: $0).contains(") Z") } ?? true
    }
    #endif
}
