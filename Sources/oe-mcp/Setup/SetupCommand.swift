import Commands
import JSON
import Logging
import OvalEdge
import Secrets
import Settings
import Text

/// `oe-mcp setup`: from nothing to a client that works, question by question.
///
/// Nothing is written before all is answered, checked and shown. Without a terminal nothing is asked: each question has an
/// option.
struct SetupCommand {
    static let description = CommandLineCommand(
        "setup",
        "Set this program up: ask for what it needs, check it, and install it into your clients.",
        options: SetupRequest.options
    )

    private let request: SetupRequest
    private let profile: SetupProfile
    private var setup: SetupMachine

    static func execute(_ line: ParsedCommandLine) throws -> Int32 {
        var command = SetupCommand(try SetupRequest(line))
        return try command.converse()
    }

    private init(_ request: SetupRequest) {
        self.request = request
        profile = SetupProfile(name: request.profile, path: request.path, old: request.old, others: request.others)
        setup = SetupMachine(request.surroundings, request.answers)
    }

    private mutating func converse() throws -> Int32 {
        try expectAnswers()
        if request.surroundings.isPersonThere { greet() }
        while true {
            switch setup.next {
            case .ask(let question, let because):
                if let because { StandardError.write(VisibleText.line(because)) }
                guard let text = answer(question) else { return declined }
                setup.answered(question, text)
            case .findAddress: setup.lookedAtAddress(check { $0.address() })
            case .signIn: setup.triedSignIn(check { $0.signIn() })
            case .show: show()
            case .carryOut:
                guard let code = try carryOut() else { continue }
                return code
            case .end(.done):
                StandardError.write("Nothing was written, because of --dry-run.")
                return 0
            case .end(.declined): return declined
            case .end(.failed): return 1
            }
        }
    }

    private var declined: Int32 {
        StandardError.write("Nothing was written.")
        return 1
    }

    private func expectAnswers() throws(UsageError) {
        let missing = setup.missingOptions
        guard !missing.isEmpty else { return }
        let reason = request.line.has("yes") ? "With --yes nothing is asked" : "There is no terminal to ask on"
        throw UsageError(
            "\(reason), and \(missing.joined(separator: ", ")) \(missing.count == 1 ? "is" : "are") missing.",
            advice: "Add \(missing.count == 1 ? "it" : "them"), or run `oe-mcp setup` in a terminal."
        )
    }

    private func greet() {
        let target = request.isSandbox ? "the sample catalog" : "the profile \(request.profile)"
        StandardError.write(
            "This sets up oe-mcp with \(target). Nothing is written before you have seen it; Ctrl-C ends this at any time.\n"
        )
    }

    private func check(_ look: (SetupCheck) -> SetupFinding) -> SetupVerdict {
        let finding: SetupFinding
        do {
            finding = look(try SetupCheck(try profile.text(setup.answers), at: request.path, request.line))
        } catch {
            finding = SetupFinding(verdict: .notReached, line: "✗ \(RemedyTexts.namingSettings.description(of: error))")
        }
        StandardError.write(VisibleText.line(finding.line))
        return finding.verdict
    }
}

// What a person is asked.
extension SetupCommand {
    private func answer(_ question: SetupMachine.Question) -> String? {
        let text = text(question)
        return Waiter.run {
            guard question == .userSecret else {
                StandardError.write(text)
                return await StandardInput.line()
            }
            return await StandardInput.hiddenLine(after: text)
        }
    }

    private func text(_ question: SetupMachine.Question) -> String {
        switch question {
        case .address:
            let usual = setup.usualAddress.map { " [\($0)]" } ?? ", such as https://acme.ovaledge.net/ovaledge"
            return "Address of your OvalEdge\(usual):"
        case .userToken:
            let keep = setup.canKeepCredentials ? " [Enter keeps the one of the profile, and its secret]" : ""
            return "User token, from your user profile in OvalEdge\(keep):"
        case .userSecret: return "Secret of that user token, or where it is kept, such as op://… (it is not shown):"
        case .place:
            let places = request.surroundings.places.enumerated().map { number, place in
                "  \(number + 1)  \(place.rawValue): \(place.about)"
            }
            return "Where is the secret to be kept?\n\(places.joined(separator: "\n"))\nNumber [1]:"
        case .clients:
            let found = request.surroundings.found.joined(separator: ", ")
            return "Clients on this machine: \(found).\nInstall into which? Names, all or none [all]:"
        case .agreement: return SetupMachine.agreement.text
        }
    }
}

// What is shown and done.
extension SetupCommand {
    private mutating func show() {
        if !request.isSandbox { StandardOutput.write(profile.shown(setup.answers) + "\n") }
        if request.surroundings.found.isEmpty, request.answers.clients?.isEmpty != false {
            StandardError.write("No client that can be set up was found on this machine.")
        }
        if let warning = ThisProgram.warning { StandardError.write(VisibleText.line("! \(warning)")) }
        for client in setup.answers.clients ?? [] { _ = install(client, "--dry-run") }
        setup.showed()
    }

    /// Nil where a question has to be asked again.
    private mutating func carryOut() throws -> Int32? {
        if !request.isSandbox {
            do {
                try profile.write(setup.answers)
            } catch let failure as SecretFailure {
                StandardError.write(VisibleText.line("✗ \(failure)"))
                setup.couldNotKeep()
                return nil
            }
            StandardOutput.write("✓ Profile \(request.profile) is written.")
        }
        guard verify() else {
            StandardError.write("No client was changed.")
            return 1
        }
        let clients = setup.answers.clients ?? []
        let codes = clients.map { install($0) }
        conclude(installed: zip(clients, codes).filter { $0.1 == 0 }.map { $0.0 })
        return codes.first { $0 == 1 } ?? codes.max() ?? 0
    }

    /// Starts it as the clients will, and asks the catalog one thing.
    private func verify() -> Bool {
        var look = HandshakeCheck(command: ThisProgram.path, arguments: launchArguments)
        look.tool = ("asset_explorer", JSONObject([.init("limit", .int(1))]))
        switch look.outcome() {
        case .failure(let fault):
            StandardError.write(
                VisibleText.line(
                    "✗ It does not work as a client starts it. \(fault.sentence) Run `\(doctor)` to see what is wrong."
                )
            )
            return false
        case .success(let answer):
            guard answer.result?["isError"]?.bool != true else {
                let said = answer.result?["content"]?.array?.first?["text"]?.string
                let text = said?.split(whereSeparator: { $0.isNewline }).first ?? "The catalog gave no answer."
                StandardError.write(
                    VisibleText.line("✗ As a client starts it, a search fails: \(text) Run `\(doctor)`.")
                )
                return false
            }
            StandardOutput.write(
                "✓ Started as a client starts it: \(answer.tools.count) tools in \(answer.milliseconds) ms, and a search is answered."
            )
            return true
        }
    }

    private var launchArguments: [String] {
        if request.isSandbox { return ["--sandbox"] + (request.line["sandbox"].map { [$0] } ?? []) }
        // Some clients hand on none of the variables that lead to it.
        let isFound = ProfileFolder.withoutEnvironment?.path(of: request.profile) == request.path
        return isFound ? ["--profile", request.profile.text] : ["--env-file", request.path]
    }

    /// The name of the entry, where it is not the usual one and nothing else says it.
    private var naming: [String] {
        let isNamed = request.isSandbox || request.profile.isDefault || launchArguments.first == "--profile"
        return isNamed ? [] : ["--name", "ovaledge-\(request.profile)"]
    }

    private var doctor: String { "oe-mcp doctor\(launchArguments.map { " \(Shell.quoted($0))" }.joined())" }

    private func install(_ client: String, _ more: String...) -> Int32 {
        do {
            let words = ["install", client, "--no-check"] + launchArguments + naming + more
            return try InstallCommand.execute(try Program.commandLine.parse(words), isPartOfSetup: true)
        } catch {
            StandardError.write(VisibleText.line("oe-mcp: \(error)"))
            return 1
        }
    }

    /// What takes away what was made here; nil where nothing was.
    private func removal(_ clients: [String]) -> String? {
        let isOwn = !request.isSandbox && !request.profile.isDefault
        let words = clients.joined(separator: " ") + (isOwn ? " --name ovaledge-\(request.profile)" : "")
        let isNew = !request.isSandbox && request.old.isEmpty
        let profile = isNew ? "oe-mcp profiles remove \(request.profile)" : nil
        let commands = [clients.isEmpty ? nil : "oe-mcp uninstall \(words)", profile].compactMap { $0 }
        return commands.isEmpty ? nil : commands.joined(separator: " && ")
    }

    /// Installs the same into a client that is named in place of CLIENT.
    private var installation: String {
        let options = request.isSandbox || !request.profile.isDefault ? launchArguments + naming : []
        return (["oe-mcp install CLIENT"] + options.map { Shell.quoted($0) }).joined(separator: " ")
    }

    private func conclude(installed clients: [String]) {
        let first =
            clients.isEmpty
            ? "Install it into a client: \(installation) (oe-mcp install --list names them)"
            : "Start your client and ask: where do we keep orders?"
        let lines = [
            first, "See what clients have:   oe-mcp status", "Look again at all of it: \(doctor)",
            removal(clients).map { "Take it away again:      \($0)" },
        ]
        StandardOutput.write((["", "Next:"] + lines.compactMap { $0 }.map { "  \($0)" }).joined(separator: "\n"))
    }
}
