import ClientConfiguration
import Commands
import JSON
import MCPClient
import Settings
import Threads

/// Starts the program as each client would, in both eras of the protocol.
struct HandshakeChecks: Sendable {
    private struct Launch: Sendable {
        let command: String
        let arguments: [String]
        /// Who starts it like that.
        let who: String
    }

    private let launches: [Launch]
    private let subject: DoctorSubject

    init(_ clients: ClientChecks, _ subject: DoctorSubject) {
        self.subject = subject
        let found = clients.launches.map {
            Launch(command: $0.command, arguments: $0.arguments, who: $0.clients.joined(separator: ", "))
        }
        let own = Launch(command: ThisProgram.path, arguments: Self.arguments(subject.line), who: "this program")
        launches = found.isEmpty ? [own] : found
    }

    private static func arguments(_ line: ParsedCommandLine) -> [String] {
        if line.has("sandbox") { return ["--sandbox"] }
        if let file = line["env-file"] { return ["--env-file", Machine.absolute(file)] }
        return line["profile"].map { ["--profile", $0] } ?? []
    }

    func checks() async -> [DoctorCheck] {
        guard subject.wiring != nil else {
            return DoctorCheck.skipped([.handshakeSession, .handshakeStateless], "the settings cannot be used")
        }
        return await withTaskGroup(of: (Int, [DoctorCheck]).self) { group in
            for (place, launch) in launches.enumerated() {
                group.addTask {
                    async let session = outcome(launch, .handshakeSession, .handshake)
                    async let stateless = outcome(launch, .handshakeStateless, .stateless)
                    return (place, [await session, await stateless])
                }
            }
            var results: [Int: [DoctorCheck]] = [:]
            for await (place, checks) in group { results[place] = checks }
            return launches.indices.flatMap { results[$0] ?? [] }
        }
    }

    private func outcome(_ launch: Launch, _ code: CheckCode, _ era: EraPreference) async -> DoctorCheck {
        var check = HandshakeCheck(command: launch.command, arguments: launch.arguments)
        check.era = era
        check.limit = subject.time.limit()
        return await DoctorCheck.timed {
            let outcome = await withCheckedContinuation { [check] continuation in
                let hasStarted = Threads.start { continuation.resume(returning: check.outcome()) }
                if !hasStarted {
                    let fault = HandshakeCheck.Fault(what: "No thread is left.", said: [])
                    continuation.resume(returning: .failure(fault))
                }
            }
            return Self.verdict(outcome, code, launch.who, [launch.command] + launch.arguments)
        }
    }

    static func verdict(
        _ outcome: Result<HandshakeCheck.Answer, HandshakeCheck.Fault>,
        _ code: CheckCode,
        _ who: String,
        _ words: [String]
    ) -> DoctorCheck {
        let secrets = LikelySecrets(among: words)
        let shown = secrets.struck(arguments: words)
        let typed = shown.map { Shell.quoted($0) }.joined(separator: " ")
        switch outcome {
        case .success(let answer):
            return .ok(code, "\(who): \(answer.tools.count) tools after \(answer.milliseconds) ms")
        case .failure(let fault):
            let said = fault.said.map { secrets.struck(from: $0) }
            let hint = shown == words ? "," : ", with the hidden values of the entry,"
            return DoctorCheck(
                code,
                .fail,
                "\(who): \(secrets.struck(from: fault.what))",
                details: JSONObject(details: ("stderr", said.isEmpty ? nil : .strings(said))),
                fix: DoctorCheck.Fix(
                    "Start it by hand\(hint) and see what it says.",
                    command: "cd / && env -i \(typed)"
                )
            )
        }
    }
}
