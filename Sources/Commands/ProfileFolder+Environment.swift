package import Settings

extension ProfileFolder {
    /// Those of the person who has started this process.
    package static var ofThisUser: ProfileFolder {
        let config = Environment.variables["XDG_CONFIG_HOME"].flatMap { $0.first == "/" ? $0 : nil }
        return ProfileFolder(configuration: config ?? Environment.home + "/.config")
    }
}
