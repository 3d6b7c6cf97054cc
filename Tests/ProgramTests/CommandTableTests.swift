import Commands
import Settings
import TestSupport
import Testing

@testable import oe_mcp
@testable import oe_mcp_http

@Suite struct `The table of commands` {
    @Test(arguments: [Program.commandLine, HTTPProgram.commandLine])
    func `names no command and no option twice`(table: CommandLineOptions) {
        let names = table.commands.map { $0.name }
        #expect(Set(names).count == names.count)
        for options in [table.options] + table.commands.map({ $0.options }) {
            let names = options.map { $0.name } + options.compactMap { $0.letter.map { String($0) } }
            #expect(Set(names).count == names.count, "\(names)")
        }
    }

    @Test(arguments: [Program.commandLine, HTTPProgram.commandLine])
    func `has the groups that doctor checks, in its help and for shells`(table: CommandLineOptions) throws {
        let doctor = try #require(table.commands.first { $0.name == "doctor" })
        let only = try #require(doctor.options.first { $0.name == "only" })
        #expect(only.choices.allSatisfy { DoctorGroup(rawValue: $0) != nil } && only.choices.contains("profile"))
        #expect(table.help(for: doctor).contains(only.choices.joined(separator: ", ")))
        let completion = CommandLineCompletion(table)
        #expect(completion.answer(for: ["doctor", "--only", ""]) == .words(only.choices.map { .init($0) }))
    }

    @Test(arguments: [("oe-mcp", Program.commandLine), ("oe-mcp-http", HTTPProgram.commandLine)])
    func `has no other groups than the program knows`(program: String, table: CommandLineOptions) throws {
        let run = try RunningProgram(program, ["doctor", "--only", "nothing"])
        #expect(run.wait() == 64)
        let only = table.commands.first { $0.name == "doctor" }?.options.first { $0.name == "only" }
        #expect(run.readErrors().contains("Name one of \(try #require(only).choices.joined(separator: ", "))."))
    }
}
