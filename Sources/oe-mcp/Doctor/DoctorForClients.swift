import ClientConfiguration
import Commands
import Logging
import Settings
import Text

/// `oe-mcp doctor`: what both programs check, and what only this one has: clients, processes, and a handshake.
enum DoctorForClients {
    static let description = DoctorCommand.description(
        groups: [.clients, .handshake],
        options: [
            DoctorCommand.allProfiles,
            CommandLineOption("client", value: "NAME", "Of the clients, look at this one alone."),
        ]
    )

    static func execute(_ line: ParsedCommandLine) throws -> Int32 {
        let client = try line["client"].map { id throws(UsageError) in
            guard let client = ClientProgram.named(id) else { throw InstallRequest.unknown(id) }
            return client
        }
        return try DoctorCommand.run(line, more: sections(client), hands: hands)
    }

    private static func sections(_ client: ClientProgram?) -> [DoctorSection] {
        [
            DoctorSection(.program) { _ in PlaceChecks.checks() },
            DoctorSection(.clients) { _ in
                DoctorCheck.timed([{ ClientChecks(Machine.current(), .ofThisUser, only: client).checks() }])
            },
            DoctorSection(.disk) { _ in DoctorCheck.timed([{ [BackupChecks.check(.ofThisUser)] }]) },
            DoctorSection(.handshake) { subject in
                await HandshakeChecks(ClientChecks(Machine.current(), .ofThisUser, only: client), subject).checks()
            },
        ]
    }

    private static let hands = DoctorCommand.Hands(
        agrees: { question in
            guard StandardInput.isPerson else { return nil }
            return Waiter.run { await YesOrNo(question: question).isAgreed() }
        },
        start: { arguments in
            let outcome = ForeignCommand.outcome(
                ThisProgram.path,
                arguments,
                environment: Environment.variables,
                seconds: 30
            )
            guard let outcome else { return "it could not be started" }
            return outcome.code == 0 ? nil : outcome.output.trimmed
        }
    )
}
