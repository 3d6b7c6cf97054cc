/// What is checked together, in the order in which it is shown; the raw value is what `--only` takes.
package enum DoctorGroup: String, CaseIterable, Sendable {
    case program, profile, secrets, listening, network, ovaledge, clients, disk, handshake
    /// What a server looks like from outside, under names of its own.
    case remote
}

/// The stable names of all checks; documentation and scripts go by them.
package enum CheckCode: String, CaseIterable, Sendable {
    case programVersion = "program.version"
    case programLibrary = "program.library"
    case programPath = "program.path"
    case programOthers = "program.others"
    case programStrays = "program.strays"
    case profileReadable = "profile.readable"
    case profileExists = "profile.exists"
    case profileComplete = "profile.complete"
    case profileUnknownKeys = "profile.unknown_keys"
    case profileMixedSources = "profile.mixed_sources"
    case profileFileMode = "profile.file_mode"
    case profilePlaintext = "profile.plaintext"
    case profileAdvice = "profile.advice"
    case secretFound = "secret.found"
    case secretLocked = "secret.locked"
    case secretTimeout = "secret.timeout"
    case secretHelperMissing = "secret.helper_missing"
    case listenAddress = "listen.address"
    case listenStore = "listen.store"
    case listenProvider = "listen.provider"
    case netDNS = "net.dns"
    case netTCP = "net.tcp"
    case netProxy = "net.proxy"
    case netTLS = "net.tls"
    case netClock = "net.clock"
    case netHTTP = "net.http"
    case signIn = "oe.signin"
    case sessionShared = "oe.session_shared"
    case authorization = "oe.authorization"
    case apiGeneration = "oe.api_generation"
    case permission = "oe.permission"
    case clientEntry = "client.entry"
    case clientUnreadable = "client.unreadable"
    case clientWiped = "client.wiped"
    case clientShadowed = "client.shadowed"
    case clientForeign = "client.foreign"
    case clientDisabled = "client.disabled"
    case clientPlaintextSecret = "client.plaintext_secret"
    case clientOldLocation = "client.old_location"
    case clientRelativeCommand = "client.relative_command"
    case clientWrongPath = "client.wrong_path"
    case clientOtherProgram = "client.other_program"
    case clientOtherVersion = "client.other_version"
    case clientNoProfile = "client.no_profile"
    case clientApprovalPending = "client.approval_pending"
    case diskState = "disk.state"
    case diskAudit = "disk.audit"
    case diskLog = "disk.log"
    case diskSpace = "disk.space"
    case diskBackups = "disk.backups"
    case handshakeSession = "handshake.session"
    case handshakeStateless = "handshake.stateless"
}

extension CheckCode {
    package var group: DoctorGroup {
        switch rawValue.prefix(while: { $0 != "." }) {
        case "program": .program
        case "profile": .profile
        case "secret": .secrets
        case "listen": .listening
        case "net": .network
        case "oe": .ovaledge
        case "client": .clients
        case "disk": .disk
        default: .handshake
        }
    }

    /// What is right when the check passes; a sentence for the documentation.
    package var about: String {
        switch self {
        case .programVersion: "Which version this is, and for which system."
        case .programLibrary: "libcurl, which is opened when it is first needed, is there."
        case .programPath: "The program lies where programs stay, runs natively, and is not in quarantine."
        case .programOthers: "No other version comes first on `PATH`."
        case .programStrays:
            "No process of this program is left over from a client that has ended, or from an old version."
        case .profileReadable: "The settings can be used."
        case .profileExists: "The settings file is there, or is not needed."
        case .profileComplete: "What a sign-in needs is set."
        case .profileUnknownKeys: "The file and the environment name no setting that does not exist."
        case .profileMixedSources: "Address, user token and secret come from one place."
        case .profileFileMode: "No one else can read the settings file."
        case .profilePlaintext: "The settings file holds no secret as plain text."
        case .profileAdvice: "What else should be known of the settings."
        case .secretFound: "Each secret is found, and from where."
        case .secretLocked: "No key store waits for a person to unlock it."
        case .secretTimeout: "What keeps a secret gives it in time."
        case .secretHelperMissing: "The program that keeps a secret is there and can be trusted."
        case .listenAddress: "Where the server listens, and for whom."
        case .listenStore: "The store that instances share takes the commands that are needed."
        case .listenProvider: "The identity provider publishes what is needed."
        case .netDNS: "The name of OvalEdge's host is known."
        case .netTCP: "The host takes a connection."
        case .netProxy: "Which rule decides about a proxy, and whether that lets requests through."
        case .netTLS: "The certificate is trusted, by whom it was issued, and how long it is good."
        case .netClock: "This machine's clock and the server's agree."
        case .netHTTP: "OvalEdge answers, and no sign-in page in its place."
        case .signIn: "User token and secret are good for a session."
        case .sessionShared: "No other program keeps ending the session."
        case .authorization: "Requests are taken with `Authorization: <scheme> <JWT>`."
        case .apiGeneration: "Which interface this release of OvalEdge has."
        case .permission: "What this account may do."
        case .clientEntry: "A client starts this program."
        case .clientUnreadable: "The client's file can be understood."
        case .clientWiped: "The entry that was installed is still there."
        case .clientShadowed: "No other entry of the same name comes first."
        case .clientForeign: "The name is not another program's."
        case .clientDisabled: "The entry is switched on."
        case .clientPlaintextSecret: "The entry holds no secret as plain text."
        case .clientOldLocation: "The entry is in the file that the client reads today."
        case .clientRelativeCommand: "The command is an absolute path."
        case .clientWrongPath: "There is a program at that path."
        case .clientOtherProgram: "It is this program."
        case .clientOtherVersion: "It is of this version."
        case .clientNoProfile: "The profile that the entry names is there."
        case .clientApprovalPending: "The client waits for no one to approve the entry."
        case .diskState: "The folder for what is kept can be written."
        case .diskAudit: "The audit log is whole."
        case .diskLog: "The log file can be written."
        case .diskSpace: "The disk has room."
        case .diskBackups: "No copies of clients' files are kept that nothing needs."
        case .handshakeSession: "Started as a client starts it, the program lists its tools after `initialize`."
        case .handshakeStateless: "The same without a session, as clients of 2026-07-28 ask."
        }
    }
}
