import Files
package import Logging
package import Secrets

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What settings are looked up on: the disk of this machine, or what a test says is there.
package struct SettingsDisk {
    /// What is at a path.
    package var file: (_ path: String) -> SettingsFile
    /// The same for a file that is of no use when others can read it.
    package var secretFile: (_ path: String) -> SettingsFile
    /// The names of what is in a directory; none where it cannot be read.
    package var names: (_ folder: String) -> [String]
    /// What the system knows of where this user is at home, for who is started without an environment.
    package var home: () -> String?
    /// What is wrong with the directories above a file that was not named.
    package var fault: (_ above: String) -> TrustFault?
    /// The `.env` of the directory where the program was started, unless that is the file given.
    package var bystander: (_ unless: String?) -> String?
    /// Whether a time zone of this name exists.
    package var knowsTimeZone: (_ name: String) -> Bool
    /// The secret at a place; a program may be asked for it where `asking` is true.
    package var secret: (_ reference: SecretReference, _ asking: Bool) -> Result<Secret, SecretFailure> = {
        reference,
        _ in .failure(.cannotLookUp(reference))
    }

    /// A disk without directories that anyone could write to, and without a `.env` here.
    package init(
        file: @escaping (String) -> SettingsFile = { _ in .missing },
        secretFile: ((String) -> SettingsFile)? = nil,
        names: @escaping (String) -> [String] = { _ in [] },
        home: @escaping () -> String? = { nil },
        fault: @escaping (String) -> TrustFault? = { _ in nil },
        bystander: @escaping (String?) -> String? = { _ in nil },
        knowsTimeZone: @escaping (String) -> Bool = { _ in true }
    ) {
        self.file = file
        self.secretFile = secretFile ?? file
        self.names = names
        self.home = home
        self.fault = fault
        self.bystander = bystander
        self.knowsTimeZone = knowsTimeZone
    }

    package static var ofThisMachine: SettingsDisk {
        SettingsDisk(
            file: { SettingsFile.onDisk($0) },
            secretFile: { SettingsFile.onDisk($0, isSecret: true) },
            names: { folder in
                let directory = try? PrivateDirectory(existing: folder, others: .anything)
                return (try? directory?.names()) ?? []
            },
            home: { getpwuid(geteuid()).flatMap { $0.pointee.pw_dir }.map { String(cString: $0) } },
            fault: TrustFault.above,
            bystander: unreadFile,
            knowsTimeZone: TimeZoneDatabase.knows
        )
    }

    /// Only looks whether it is there: what it says may have been chosen by another.
    private static func unreadFile(unless path: String?) -> String? {
        guard let here = regularFile("./.env") else { return nil }
        if let own = path.flatMap(regularFile), own.st_dev == here.st_dev, own.st_ino == here.st_ino { return nil }
        guard let directory = getcwd(nil, 0) else { return "./.env" }
        defer { free(directory) }
        return String(cString: directory) + "/.env"
    }

    private static func regularFile(_ path: String) -> stat? {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? status : nil
    }
}
