import Commands
import Logging
import OAuthClient
import Settings
import Text

/// `oe-mcp logout URL`: ends the person's sign-in at a remote server, there and here.
enum LogoutCommand {
    static let description = CommandLineCommand(
        "logout",
        operands: "URL",
        "Sign out of a remote MCP server.",
        options: [LoginCommand.profile]
    )

    static func signOut(_ line: ParsedCommandLine) throws -> Int32 {
        let server = try LoginCommand.server(line)
        let wiring = try Wiring(line, logLevel: .error, warns: false)
        try wiring.prepare()
        let out = SignOut(vault: Environment.signIns(log: wiring.log), client: wiring.client)
        let profile = line["profile"] ?? ""
        let outcome: Result<[SignOut.Outcome], SignInFailure> = Waiter.run {
            do throws(SignInFailure) {
                return .success(try await out.signOut(of: server, profile: profile))
            } catch {
                return .failure(error)
            }
        }
        switch outcome {
        case .success(let outcomes): return report(outcomes, server)
        case .failure(let failure):
            StandardError.write(VisibleText.line("oe-mcp: \(failure) \(failure.remedy(port: nil))"))
            return 1
        }
    }

    /// What could not be revoked is said, since the token stays good there until its end.
    private static func report(_ outcomes: [SignOut.Outcome], _ server: String) -> Int32 {
        if outcomes.isEmpty {
            StandardOutput.write(VisibleText.line("You were not signed in at \(server)."))
            return 0
        }
        StandardOutput.write(VisibleText.line("Signed out of \(server)."))
        for outcome in outcomes where outcome.isRevoked != true {
            let reason = outcome.reason ?? "it does not offer that"
            StandardError.write(
                VisibleText.line(
                    "oe-mcp: \(outcome.issuer) has not revoked the token (\(reason)). If others may have it, end the sign-in there."
                )
            )
        }
        return 0
    }
}
