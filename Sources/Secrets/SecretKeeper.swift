import Text

/// A program that keeps secrets: how it is asked for one, and what its refusals mean.
struct SecretKeeper {
    enum Work {
        case lookUp
        /// The secret is what the program reads.
        case store
        case remove
    }

    let program: String
    /// The program without its folder.
    var name: String { program.split(separator: "/").last.map { String($0) } ?? program }
    let arguments: [String]
    /// What the program reads, where it is not the secret alone.
    let script: (([UInt8]) -> [UInt8])?

    private init(_ program: String, _ arguments: [String], script: (([UInt8]) -> [UInt8])? = nil) {
        self.program = program
        self.arguments = arguments
        self.script = script
    }

    /// Nil for a reference for which no program is asked to do this.
    init?(_ work: Work, _ reference: SecretReference, service: String) {
        switch (reference, work) {
        case (.keychain(let item), _): self.init(keychain: work, item, service)
        case (.onePassword(let place), .lookUp): self.init("op", ["read", "-n", "op://\(place)"])
        case (.pass(let path), .lookUp): self.init("pass", ["show", path])
        case (.command(let words), .lookUp): self.init(words[0], Array(words.dropFirst()))
        default: return nil
        }
    }

    #if canImport(Darwin)
    private init(keychain work: Work, _ item: KeychainItem, _ service: String) {
        let place = ["-s", service, "-a", "\(item.profile)/\(item.key)"]
        switch work {
        case .lookUp: self.init("security", ["find-generic-password"] + place + ["-w"])
        case .remove: self.init("security", ["delete-generic-password"] + place)
        case .store:
            // Its arguments would be seen by others; a command that it reads is not.
            let line = (["add-generic-password", "-U"] + place + ["-X", ""]).joined(separator: " ")
            self.init("security", ["-i"]) { Array((line + $0.hexadecimal + "\n").utf8) }
        }
    }
    #else
    private init(keychain work: Work, _ item: KeychainItem, _ service: String) {
        let place = ["service", service, "profile", item.profile, "key", item.key]
        switch work {
        case .lookUp: self.init("secret-tool", ["lookup"] + place)
        case .remove: self.init("secret-tool", ["clear"] + place)
        case .store: self.init("secret-tool", ["store", "-l", "\(service) \(item.profile) \(item.key)"] + place)
        }
    }
    #endif
}

// What a program's refusal means.
extension SecretFailure {
    /// With what the program says itself, where that may help more.
    init(_ reference: SecretReference, code: Int32, _ complaint: ProgramComplaint, errors: [UInt8]) {
        let meant = SecretFailure(reference, code, String(decoding: errors, as: UTF8.self).lowercased())
        guard [.failed, .locked].contains(meant.kind), let said = complaint.text else {
            self = meant
            return
        }
        self.init(meant.kind, reference, "\(meant.cause): \(said)", advice: meant.advice)
    }

    private init(_ reference: SecretReference, _ code: Int32, _ words: String) {
        switch reference {
        case .keychain: self.init(keychain: reference, code, words)
        case .onePassword: self.init(onePassword: reference, code, words)
        case .pass: self.init(pass: reference, code, words)
        case .variable, .file, .credential, .command:
            self.init(
                .failed,
                reference,
                "The program of \(reference) ended with exit code \(code), and gave no secret",
                advice: "Run it in a terminal to see what it lacks."
            )
        }
    }

    private init(keychain reference: SecretReference, _ code: Int32, _ words: String) {
        #if canImport(Darwin)
        let isMissing = code == 44
        #else
        let isMissing = code == 1 && words.isEmpty
        #endif
        if isMissing {
            // Of a keyring that is locked, secret-tool says no more than that where there is no one to ask.
            self.init(
                .missing,
                reference,
                "The key store gives no \(reference): it is not there, or the keyring is locked",
                advice: "Unlock the keyring, or store the secret there."
            )
        } else if ["lock", "prompt", "dismiss", "interaction"].contains(where: { words.holds($0) }) {
            self.init(locked: reference)
        } else {
            self.init(
                .failed,
                reference,
                "The key store could not be asked for \(reference)",
                advice: "See that a key store runs in this session, or keep the secret in a file."
            )
        }
    }

    private init(onePassword reference: SecretReference, _ code: Int32, _ words: String) {
        if ["isn't an item", "isn't a vault", "could not find", "not found", "no item"].contains(where: {
            words.holds($0)
        }) {
            self.init(
                .missing,
                reference,
                "1Password has no \(reference)",
                advice: "Check vault, item and field."
            )
        } else if ["sign in", "signed in", "session", "locked", "authoriz"].contains(where: { words.holds($0) }) {
            self.init(
                .locked,
                reference,
                "1Password is locked, or no one is signed in",
                advice: "Unlock its app, run `op signin`, or set OP_SERVICE_ACCOUNT_TOKEN."
            )
        } else {
            self.init(
                .failed,
                reference,
                "`op` could not read \(reference) (exit code \(code))",
                advice: "Run `op read` with it in a terminal to see why."
            )
        }
    }

    private init(pass reference: SecretReference, _ code: Int32, _ words: String) {
        if words.holds("is not in the password store") {
            self.init(
                .missing,
                reference,
                "The password store has no \(reference)",
                advice: "Add it with `pass insert`."
            )
        } else {
            let isLocked = ["pinentry", "passphrase", "no secret key", "timeout", "cancel", "tty", "ioctl"]
                .contains { words.holds($0) }
            self.init(
                isLocked ? .locked : .failed,
                reference,
                "`pass` could not decrypt \(reference) (exit code \(code))",
                advice: "Run `pass show` with it in a terminal, so that gpg-agent knows the passphrase; then try again."
            )
        }
    }

    init(locked reference: SecretReference) {
        self.init(
            .locked,
            reference,
            "The key store that has \(reference) is locked",
            advice: "Unlock it and try again, or keep the secret in a file."
        )
    }
}
