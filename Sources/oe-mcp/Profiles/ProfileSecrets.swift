import Commands
import Logging
import Secrets
import Settings
import Text

/// The secrets that are kept elsewhere for one profile alone: they come along with it, and go with it.
struct ProfileSecrets {
    private let folder: ProfileFolder
    private let store = SecretStore(Environment.secretSurroundings)

    init(_ folder: ProfileFolder) { self.folder = folder }

    func kept(by name: ProfileName) -> [ProfileFolder.KeptSecret] { folder.secrets(of: name) }

    /// Keeps the same secrets for another profile, and returns what its settings then have to say.
    func copy(_ secrets: [ProfileFolder.KeptSecret], to other: ProfileName) throws -> [WrittenSetting] {
        // What is kept for a profile that is there must not be replaced.
        if folder.holds(other) { throw ProfileFault.exists(other, folder.path(of: other)) }
        let lookUp = SecretLookUp(Environment.secretSurroundings, limits: .command)
        return try secrets.compactMap { secret in
            guard let place = folder.place(of: secret, in: other), let line = secret.rewritten(naming: place) else {
                return nil
            }
            do throws(SecretFailure) {
                try store.store(try lookUp.secret(at: secret.reference, asking: true).get(), at: place)
            } catch {
                // A profile that lacks its secret is no worse under another name.
                if error.kind != .missing { throw error }
            }
            return line
        }
    }

    /// Removes what was kept for a profile that is gone, and says so; false where something could not be removed.
    func remove(_ secrets: [ProfileFolder.KeptSecret], besides name: ProfileName) -> Bool {
        secrets.map { remove($0, besides: name) }.allSatisfy { $0 }
    }

    private func remove(_ secret: ProfileFolder.KeptSecret, besides name: ProfileName) -> Bool {
        let users = folder.users(of: secret, besides: name)
        guard users.isEmpty else {
            let list = users.map { $0.text }.joined(separator: ", ")
            StandardOutput.write(VisibleText.line("Its secret at \(secret.reference) is kept for \(list)."))
            return true
        }
        do throws(SecretFailure) {
            try store.remove(secret.reference)
        } catch {
            let advice = "Remove it with `oe-mcp secrets remove \(Shell.quoted(secret.reference.text))`."
            StandardError.write(VisibleText.line("oe-mcp: Its secret is still there: \(error.what) \(advice)"))
            return false
        }
        StandardOutput.write(VisibleText.line("Nothing is kept at \(secret.reference) any more."))
        return true
    }
}
