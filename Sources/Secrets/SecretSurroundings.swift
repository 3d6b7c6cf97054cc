#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What secrets are looked up in: the environment, the disk, and the programs of this machine.
package struct SecretSurroundings: Sendable {
    /// Why a file cannot be used: reads on from its path, and what to do, as a sentence.
    package struct FileFault: Error, Hashable, Sendable {
        package let isMissing: Bool
        package let what: String
        package let advice: String

        package init(isMissing: Bool = false, _ what: String, advice: String) {
            self.isMissing = isMissing
            self.what = what
            self.advice = advice
        }
    }

    /// Under what name the key store keeps secrets for us.
    package let service: String
    /// The variables of this process.
    package let variables: [String: String]
    package let home: String
    /// Where programs are looked for, in this order.
    let folders: [String]
    /// What a file holds, if it is one that may hold a secret.
    let file: @Sendable (_ path: String) -> Result<[UInt8], FileFault>

    /// `folders` is for tests: programs are looked for in the places of the system first, so that no folder that a
    /// client has put before them gives another one.
    package init(
        service: String,
        variables: [String: String],
        home: String,
        folders: [String]? = nil,
        file: @escaping @Sendable (_ path: String) -> Result<[UInt8], FileFault>
    ) {
        self.service = service
        self.variables = variables
        self.home = home
        self.file = file
        let named = (variables["PATH"] ?? "").split(separator: ":").filter { $0.hasPrefix("/") }.map { String($0) }
        self.folders = folders ?? Self.usualFolders + named
    }

    private static let usualFolders = ["/usr/bin", "/bin", "/usr/local/bin", "/opt/homebrew/bin"]

    /// The path of a program that no other user could have put there; nil where none is found.
    func program(_ name: String) -> String? { folders.map { "\($0)/\(name)" }.first { fault(ofProgram: $0) == nil } }

    /// Why a file is not started; nil for a program that no other user but root can change, or put another in its place.
    func fault(ofProgram path: String) -> FileFault? {
        var (file, folder) = (stat(), stat())
        guard let end = path.lastIndex(of: "/"), stat(path, &file) == 0, stat(String(path[...end]), &folder) == 0
        else { return FileFault(isMissing: true, "is not there", advice: "Check the path of the program.") }
        guard file.st_mode & S_IFMT == S_IFREG, access(path, X_OK) == 0 else {
            return FileFault("is not a program that can be started", advice: "Name a program, or make it executable.")
        }
        let areSafe = [file, folder].allSatisfy {
            ($0.st_uid == geteuid() || $0.st_uid == 0) && $0.st_mode & S_IWOTH == 0
        }
        guard areSafe else {
            let advice = "Let it and its folder belong to you or to root, and let no one else write them."
            return FileFault("could be changed by other users", advice: advice)
        }
        return nil
    }

    private static let handedOn = [
        "PATH", "HOME", "USER", "LOGNAME", "LANG", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "DISPLAY",
        "WAYLAND_DISPLAY", "GNUPGHOME", "PASSWORD_STORE_DIR",
    ]

    /// What programs get of the environment; clients leave out what is needed, which is found otherwise.
    var environment: [String: String] {
        var given = variables.filter { Self.handedOn.contains($0.key) || $0.key.hasPrefix("OP_") }
        given["HOME"] = given["HOME"] ?? home
        given["PATH"] = folders.joined(separator: ":")
        if let runtimeFolder { given["XDG_RUNTIME_DIR"] = runtimeFolder }
        if let sessionBus { given["DBUS_SESSION_BUS_ADDRESS"] = sessionBus }
        return given
    }

    private var runtimeFolder: String? {
        if let named = variables["XDG_RUNTIME_DIR"], named.hasPrefix("/") { return named }
        let usual = "/run/user/\(geteuid())"
        return access(usual, R_OK | X_OK) == 0 ? usual : nil
    }

    /// The address of the bus on which the key store is; nil where none is found.
    var sessionBus: String? {
        if let named = variables["DBUS_SESSION_BUS_ADDRESS"], !named.isEmpty { return named }
        guard let socket = runtimeFolder.map({ "\($0)/bus" }), access(socket, R_OK | W_OK) == 0 else { return nil }
        return "unix:path=\(socket)"
    }
}
