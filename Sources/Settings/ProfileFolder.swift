package import Files
import Text

/// The profiles of this user: `oe-mcp/.env` in the folder for configuration, and one file each in `oe-mcp/profiles`.
///
/// Files that are made here are for this user alone, and no reader finds half of one.
package struct ProfileFolder: Sendable {
    private static let suffix = ".env"

    private let folder: String
    private var profiles: String { folder + "/profiles" }
    var secrets: String { folder + "/secrets" }

    /// `configuration` is the folder for configuration, such as `~/.config`.
    package init(configuration: String) { folder = configuration + "/oe-mcp" }

    /// Nil where neither the environment nor the system says where that is.
    package init?(environment: [String: String], on disk: SettingsDisk) {
        // A relative path is to be ignored, says the XDG Base Directory Specification.
        let named = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        guard let configuration = named ?? (home ?? disk.home()).map({ "\($0)/.config" }) else { return nil }
        self.init(configuration: configuration)
    }

    package func path(of name: ProfileName) -> String {
        name.isDefault ? folder + "/" + Self.suffix : "\(profiles)/\(name)\(Self.suffix)"
    }

    /// Whether a file lies in this folder or below it.
    package func contains(_ path: String) -> Bool { path.hasPrefix(folder + "/") && !path.holds("/../") }

    /// The profiles there are, the default one only where its file is there.
    package func names(on disk: SettingsDisk = .ofThisMachine) -> [ProfileName] {
        let files = disk.names(profiles).filter { $0.hasSuffix(Self.suffix) }
        let named = files.compactMap { ProfileName(String($0.dropLast(Self.suffix.count))) }.filter { !$0.isDefault }
        return (holds(.default, on: disk) ? [.default] : []) + named.sorted()
    }

    package func holds(_ name: ProfileName, on disk: SettingsDisk = .ofThisMachine) -> Bool {
        disk.file(path(of: name)) != .missing
    }

    /// Says that there is no such profile, and which there are.
    package func unknown(_ text: String, on disk: SettingsDisk = .ofThisMachine) -> SettingsProblem {
        let names = names(on: disk).map { $0.text }
        let list =
            names.isEmpty
            ? "There are no profiles yet: run `oe-mcp setup\(ProfileName(text).map { " --profile \($0)" } ?? "")`."
            : "There \(names.count == 1 ? "is" : "are"): \(names.joined(separator: ", "))."
        let near = Suggestion.nearest(to: text, among: names).map { "Did you mean \($0)? " } ?? ""
        return SettingsProblem(
            name: "The profile `\(text)`",
            what: "does not exist",
            advice: near + list
        )
    }
}

// What changes them.
extension ProfileFolder {
    /// Makes a profile; of all who do this at once, one succeeds.
    package func add(_ name: ProfileName, _ settings: [WrittenSetting]) throws(ProfileFault) {
        guard let text = DotEnv.text([], changing: settings) else { throw .unwritable }
        try make(name, text)
    }

    /// Changes these settings of a profile, and leaves all else in its file as it is; makes the profile where it is missing.
    package func change(_ name: ProfileName, _ settings: [WrittenSetting]) throws(ProfileFault) {
        for _ in 0..<3 {
            let file = try file(of: name)
            guard let old = file.bytes else { return try add(name, settings) }
            guard !DotEnv.isUTF16(old), let text = DotEnv.text(old, changing: settings) else { throw .unwritable }
            if try ProfileFault.naming(
                file.path,
                { () throws(FileError) in try file.replace(with: text, isPrivate: true) }
            ) {
                return
            }
        }
        throw .busy(path(of: name))
    }

    package func remove(_ name: ProfileName) throws(ProfileFault) {
        let path = path(of: name)
        let wasLink = try ProfileFault.naming(path) { () throws(FileError) in try ForeignFile.removeDeadLink(at: path) }
        if wasLink { return }
        let file = try existing(name)
        let isGone = try ProfileFault.naming(file.path) { () throws(FileError) in try file.remove() }
        guard isGone else { throw .busy(file.path) }
    }

    /// Makes another profile with the same text, but for these settings.
    package func copy(
        _ name: ProfileName,
        to other: ProfileName,
        changing settings: [WrittenSetting] = []
    ) throws(ProfileFault) {
        let old = try existing(name).bytes ?? []
        guard !settings.isEmpty else { return try make(other, old) }
        guard !DotEnv.isUTF16(old), let text = DotEnv.text(old, changing: settings) else { throw .unwritable }
        try make(other, text)
    }

    package func rename(
        _ name: ProfileName,
        to other: ProfileName,
        changing settings: [WrittenSetting] = []
    ) throws(ProfileFault) {
        try copy(name, to: other, changing: settings)
        do throws(ProfileFault) { try remove(name) } catch {
            // Who was quicker has it under another name by now: it is not to be there twice.
            try? remove(other)
            throw error
        }
    }

    /// Throws where the file of a profile could not be changed, before anything that goes with it is.
    package func checkChangeable(_ name: ProfileName) throws(ProfileFault) { _ = try file(of: name) }

    private func make(_ name: ProfileName, _ text: [UInt8]) throws(ProfileFault) {
        let path = path(of: name)
        let file = String(path[path.index(after: path.lastIndex(of: "/") ?? path.startIndex)...])
        let isNew = try ProfileFault.naming(path) { () throws(FileError) in
            // The folder of the default one has the profiles of all in it, and may have been made by hand.
            try PrivateDirectory(name.isDefault ? folder : profiles, others: name.isDefault ? .look : .nothing)
                .create(file, with: text)
        }
        guard isNew else { throw .exists(name, path) }
    }

    private func file(of name: ProfileName) throws(ProfileFault) -> ForeignFile {
        let path = path(of: name)
        return try ProfileFault.naming(path) { () throws(FileError) in try ForeignFile(path) }
    }

    private func existing(_ name: ProfileName) throws(ProfileFault) -> ForeignFile {
        let file = try file(of: name)
        guard file.bytes != nil else { throw .missing(unknown(name.text)) }
        return file
    }
}

/// A profile could not be changed: what happened, and what to do.
package enum ProfileFault: Error, Hashable, CustomStringConvertible {
    case missing(SettingsProblem)
    case exists(ProfileName, String)
    case busy(String)
    /// No line of a settings file can say a value.
    case unwritable
    case file(String, FileError)

    package var description: String {
        switch self {
        case .missing(let problem): problem.description
        case .exists(let name, let path):
            "There is a profile \(name) already. Take another name, or change its file \(path)."
        case .busy(let path): "\(path) changes all the time. Try again when nothing else writes it."
        case .unwritable: "A value cannot be written into a settings file. Write it in one line, as UTF-8."
        case .file(let path, let error): "\(error). \(error.remedy ?? "Check who may write \(path).")"
        }
    }

    static func naming<Result>(
        _ path: String,
        _ work: () throws(FileError) -> Result
    ) throws(ProfileFault) -> Result {
        do throws(FileError) {
            return try work()
        } catch {
            throw .file(path, error)
        }
    }
}
