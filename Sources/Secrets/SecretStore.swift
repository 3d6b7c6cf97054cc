import Files
package import Logging
import Processes

/// Puts secrets where references find them: into the key store, or into files that only this user can read.
///
/// It blocks, and is for commands that a person types.
package struct SecretStore: Sendable {
    private let lookUp: SecretLookUp

    package init(_ surroundings: SecretSurroundings, limits: SecretLimits = .command) {
        lookUp = SecretLookUp(surroundings, limits: limits)
    }

    /// Replaces one that is there already; the text of `reference` is what a setting then says.
    package func store(_ secret: Secret, at reference: SecretReference) throws(SecretFailure) {
        let bytes = Array(secret.revealed.utf8)
        _ = try SecretAnswer(bytes, of: reference)
        guard bytes.count <= ProgramRun.mostInput else {
            throw SecretFailure(unusable: reference, "is longer than any secret")
        }
        if case .file(let path) = reference {
            try inFolder(of: path, reference) { folder throws(FileError) in
                try folder.withTurn { isAlone throws(FileError) in
                    let file = try ForeignFile(path)
                    if isAlone { file.removeLeftovers() }
                    guard try file.replace(with: bytes, isPrivate: true) else {
                        throw FileError("\(path) was changed by another program meanwhile", remedy: "Try it again.")
                    }
                }
            }
        } else {
            try work(.store, at: reference, input: bytes)
            // Not every key store says when it has kept nothing.
            guard try lookUp.secret(at: reference, asking: true).get() == secret else {
                throw SecretFailure(
                    .failed,
                    reference,
                    "The key store has not kept \(reference)",
                    advice: "Keep the secret in a file instead."
                )
            }
        }
    }

    /// Whether the file that is there may be a secret, and nothing else; nil where no file is there to be lost.
    package func mayBeSecret(at reference: SecretReference) -> Bool? {
        guard case .file(let path) = reference, let bytes = (try? ForeignFile.bytes(at: path)) ?? nil else {
            return nil
        }
        let isSecret = (try? SecretAnswer(bytes, of: reference)) != nil
        return bytes.isEmpty || isSecret && bytes.count <= ProgramRun.mostInput
    }

    /// Whether the file is as ``store(_:at:)`` leaves it: for this user alone, and without a line end.
    package func looksStored(at path: String) -> Bool {
        guard let file = try? ForeignFile(path), file.isPrivate else { return false }
        return file.bytes?.last != UInt8(ascii: "\n")
    }

    /// False where there was nothing.
    @discardableResult
    package func remove(_ reference: SecretReference) throws(SecretFailure) -> Bool {
        if case .file(let path) = reference { return try removeFile(path, reference) }
        do throws(SecretFailure) { try work(.remove, at: reference) } catch {
            if error.kind != .missing { throw error }
            return false
        }
        return true
    }

    private func removeFile(_ path: String, _ reference: SecretReference) throws(SecretFailure) -> Bool {
        do throws(FileError) {
            let file = try ForeignFile(path)
            // What a write that was killed has left holds the secret, too.
            if let folder = try? PrivateDirectory(existing: Self.folder(of: path), others: .anything) {
                try folder.withTurn { isAlone throws(FileError) in if isAlone { file.removeLeftovers() } }
            }
            guard file.bytes != nil else { return false }
            if try file.remove() { return true }
            throw FileError("\(path) was changed by another program meanwhile", remedy: "Try it again.")
        } catch {
            throw Self.failure(error, reference)
        }
    }

    private static func failure(_ error: FileError, _ reference: SecretReference) -> SecretFailure {
        SecretFailure(.failed, reference, "\(error)", advice: error.remedy ?? "Check the path and its permissions.")
    }

    private static func folder(of path: String) -> String {
        String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    }

    private func inFolder(
        of path: String,
        _ reference: SecretReference,
        _ body: (PrivateDirectory) throws(FileError) -> Void
    ) throws(SecretFailure) {
        do throws(FileError) {
            try body(try PrivateDirectory(Self.folder(of: path), others: .look))
        } catch {
            throw Self.failure(error, reference)
        }
    }

    private func work(
        _ work: SecretKeeper.Work,
        at reference: SecretReference,
        input: [UInt8] = []
    ) throws(SecretFailure) {
        guard let keeper = SecretKeeper(work, reference, service: lookUp.surroundings.service) else {
            throw SecretFailure(
                .unusable,
                reference,
                "Secrets cannot be stored or removed at \(reference) from here",
                advice: "Do it where it is kept, or name a place that begins with keychain: or file:."
            )
        }
        var outcome: Result<[UInt8], SecretFailure> = .success([])
        lookUp.complete(keeper, reference, input: input) { outcome = $0 }
        _ = try outcome.get()
    }
}
