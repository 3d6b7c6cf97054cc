package import Settings

extension ProfileFolder {
    /// Those that a process of this user finds that was started without an environment.
    package static var withoutEnvironment: ProfileFolder? { ProfileFolder(environment: [:], on: .ofThisMachine) }

    /// Those of the person who has started this process.
    package static var ofThisUser: ProfileFolder {
        let config = Environment.variables["XDG_CONFIG_HOME"].flatMap { $0.first == "/" ? $0 : nil }
        return ProfileFolder(configuration: config ?? Environment.home + "/.config")
    }
}
