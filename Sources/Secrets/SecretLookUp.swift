package import Logging
import Processes

/// One look where a secret is kept, on the thread that asks.
package struct SecretLookUp: Sendable {
    let surroundings: SecretSurroundings
    let limits: SecretLimits

    package init(_ surroundings: SecretSurroundings, limits: SecretLimits) {
        self.surroundings = surroundings
        self.limits = limits
    }

    /// A secret that is needed at once, on the thread that asks; without `asking` no program is started for it.
    package func secret(at reference: SecretReference, asking: Bool) -> Result<Secret, SecretFailure> {
        var outcome: Result<SecretAnswer, SecretFailure> = .failure(.cannotAsk(for: reference))
        if asking || !reference.needsProgram { ask(for: reference, group: { _ in }, done: { outcome = $0 }) }
        return outcome.flatMap { answer in Result { () throws(SecretFailure) in try answer.secret("", of: reference) } }
    }

    /// What is in the environment or on the disk.
    private func present(at reference: SecretReference) throws(SecretFailure) -> SecretAnswer {
        switch reference {
        case .variable(let name): try SecretAnswer(variable(name, reference), of: reference)
        case .file(let path): try SecretAnswer(contents(of: path, reference), of: reference)
        case .credential(let name):
            try SecretAnswer(contents(of: credential(name, reference), reference), of: reference)
        case .keychain, .onePassword, .pass, .command: throw .cannotAsk(for: reference)
        }
    }

    private func variable(_ name: String, _ reference: SecretReference) throws(SecretFailure) -> [UInt8] {
        guard let value = surroundings.variables[name], !value.isEmpty else {
            throw SecretFailure(
                .missing,
                reference,
                "The environment has no \(name)",
                advice:
                    "Set it where this program is started; many clients hand over only what their configuration names."
            )
        }
        return Array(value.utf8)
    }

    private func credential(_ name: String, _ reference: SecretReference) throws(SecretFailure) -> String {
        guard let folder = surroundings.variables["CREDENTIALS_DIRECTORY"], folder.hasPrefix("/") else {
            throw SecretFailure(
                .missing,
                reference,
                "systemd has handed over no credentials to this process",
                advice: "Add LoadCredential=\(name):PATH to the service, and start it with systemd."
            )
        }
        return "\(folder)/\(name)"
    }

    private func contents(of path: String, _ reference: SecretReference) throws(SecretFailure) -> [UInt8] {
        switch surroundings.file(path) {
        case .success(let bytes): return bytes
        case .failure(let fault):
            throw SecretFailure(
                fault.isMissing ? .missing : .unusable,
                reference,
                "\(path) \(fault.what)",
                advice: fault.advice
            )
        }
    }

    /// Blocks until a program that it starts is gone, and calls `done` as soon as the outcome is known.
    ///
    /// `group` gets the process group of the program when there is one, and nil when it is gone.
    func ask(
        for reference: SecretReference,
        group: (Int32?) -> Void,
        done: (Result<SecretAnswer, SecretFailure>) -> Void
    ) {
        guard let keeper = SecretKeeper(.lookUp, reference, service: surroundings.service) else {
            return done(Result { () throws(SecretFailure) in try present(at: reference) })
        }
        complete(keeper, reference, group: group) { outcome in
            done(outcome.flatMap { bytes in Result { () throws(SecretFailure) in try answer(bytes, reference) } })
        }
    }

    private func answer(_ bytes: [UInt8], _ reference: SecretReference) throws(SecretFailure) -> SecretAnswer {
        switch reference {
        case .command: try SecretAnswer(ofProgram: bytes, of: reference)
        case .pass: try SecretAnswer(bytes, of: reference, firstLine: true)
        default: try SecretAnswer(bytes, of: reference)
        }
    }

    /// Has a program do its work; what it wrote is there when it has ended well.
    func complete(
        _ keeper: SecretKeeper,
        _ reference: SecretReference,
        input: [UInt8] = [],
        group: (Int32?) -> Void = { _ in },
        done: (Result<[UInt8], SecretFailure>) -> Void
    ) {
        let path: String
        do throws(SecretFailure) { path = try place(of: keeper, reference) } catch { return done(.failure(error)) }
        let limit = limits.limit(for: reference)
        let run = ProgramRun(
            ProgramLaunch(path, keeper.arguments, environment: surroundings.environment, directory: "/"),
            input: keeper.script.map { $0(input) } ?? input,
            limit: limit
        )
        run.complete(group: group) { done(Self.result(of: $0, reference, keeper, limit: limit)) }
    }

    private func place(of keeper: SecretKeeper, _ reference: SecretReference) throws(SecretFailure) -> String {
        #if !canImport(Darwin)
        if case .keychain = reference, surroundings.sessionBus == nil {
            throw SecretFailure(
                .noProgram,
                reference,
                "There is no session bus here, so no key store can be asked for \(reference)",
                advice: "Start this program in a desktop session, or keep the secret in a file."
            )
        }
        #endif
        if keeper.program.hasPrefix("/") {
            guard let fault = surroundings.fault(ofProgram: keeper.program) else { return keeper.program }
            throw SecretFailure(
                .noProgram,
                reference,
                "\(keeper.program) \(fault.what)",
                advice: fault.advice
            )
        }
        if let path = surroundings.program(keeper.program) { return path }
        let package = keeper.program == "secret-tool" ? " (Debian: libsecret-tools)" : ""
        throw SecretFailure(
            .noProgram,
            reference,
            "`\(keeper.program)` is not installed, so \(reference) cannot be read",
            advice: "Install it\(package), or keep the secret elsewhere."
        )
    }

    private static func result(
        of outcome: ProgramRun.Outcome,
        _ reference: SecretReference,
        _ keeper: SecretKeeper,
        limit: Duration
    ) -> Result<[UInt8], SecretFailure> {
        switch outcome {
        case .ended(0, let output, _): .success(output)
        case .ended(let code, let output, let errors):
            .failure(
                SecretFailure(
                    reference,
                    code: code,
                    ProgramComplaint(errors, output: output, of: keeper.name),
                    errors: errors
                )
            )
        case .timedOut: .failure(SecretFailure(late: reference, limit: limit))
        case .flooded: .failure(SecretFailure(unusable: reference, "is longer than any secret"))
        case .notStarted(let error): .failure(SecretFailure(notStarted: reference, error))
        }
    }
}
