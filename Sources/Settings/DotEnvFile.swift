import Text

/// The one `.env` file that is read: which it is, what it says, and what is wrong with it.
struct DotEnvFile {
    private(set) var source = SettingsSource(.default, [:])
    private(set) var problems: [SettingsProblem] = []
    private(set) var warnings: [String] = []
    /// Warnings that are logged whatever `LOG_LEVEL` says, since another's file might set it.
    private(set) var trustWarnings: [String] = []
    /// Nil for a file that was named by its path.
    private(set) var profile: ProfileName? = .default
    /// Whether a profile was named that does not exist.
    private(set) var isUnknown = false
    /// The one of them that others can read the file.
    private(set) var exposure: String?
    private var path = ""
    private var names: [String] = []

    /// The file a person named, or that of the profile; else the user's own, `oe-mcp/.env` in the directory for configuration.
    ///
    /// Never one that merely lies where the program was started: clients start programs in the directory of a project,
    /// which someone else may have written. `command` is what was typed, with another text after its options.
    static func found(
        named path: String?,
        profile: String? = nil,
        environment: [String: String],
        disk: SettingsDisk,
        command: (_ addition: String) -> String
    ) -> DotEnvFile {
        var result = DotEnvFile()
        if let path {
            result.profile = nil
            result.take(disk.file(path), at: path)
            return result
        }
        let profiles = ProfileFolder(environment: environment, on: disk)
        if let profile, profile != ProfileName.default.text {
            result.take(profile, of: profiles, disk)
            return result
        }
        let own = profiles?.path(of: .default)
        if let own { result.takeOwn(at: own, disk) }
        if profile == nil, let bystander = disk.bystander(own) {
            result.trustWarnings.append(
                "\(bystander) is not read, because it was not named. "
                    + "To use it, run: " + command("--env-file \(Shell.quoted(bystander))")
            )
        }
        return result
    }

    /// Warnings for names that look like settings of this program and are not.
    func strangers(known: [String]) -> [String] {
        var seen: Set<String> = []
        return names.compactMap { name in
            let capitals = name.uppercased()
            guard ["OVALEDGE_", "MCP_", "OAUTH_", "OE_MCP_"].contains(where: capitals.hasPrefix) else { return nil }
            guard !(known + Self.otherPrograms).contains(capitals), seen.insert(capitals).inserted else { return nil }
            let near = Suggestion.nearest(to: name, among: known).map { " Did you mean \($0)?" } ?? ""
            return "\(name) in \(path) is not a setting of this program, so it changes nothing.\(near)"
        }
    }

    /// Settings of OvalEdge's own server, in its guides' examples, that mean nothing here.
    static let otherPrograms = [
        "MCP_BRAND_ICON_BASE_URL", "MCP_STDIO_TRANSPORT", "OVALEDGE_REMOTE_FORWARD_IDP_TOKEN",
        "OVALEDGE_TAG_AUTO_DESCRIPTION", "OVALEDGE_TOKEN_EXCHANGE_PATH",
    ]

    private mutating func take(_ file: SettingsFile, at path: String) {
        switch file {
        case .content(let bytes, let isPrivate): read(bytes, at: path, isPrivate: isPrivate)
        case .missing: complain(path, "does not exist")
        case .unreadable(let reason, _): complain(path, reason)
        case .untrusted(let fault): refuse(fault)
        }
    }

    /// It was not asked for, so it may be missing; but no other user may be able to put another in its place.
    private mutating func takeOwn(at path: String, _ disk: SettingsDisk) {
        switch disk.file(path) {
        case .missing: break
        case .unreadable(let reason, _): warnings.append("\(path) \(reason), so it is left out.")
        case let file:
            if let fault = disk.fault(path) { refuse(fault) } else { take(file, at: path) }
        }
    }

    /// It was asked for, so it has to be there; but its path was not, so the rules of the own file hold.
    private mutating func take(_ text: String, of profiles: ProfileFolder?, _ disk: SettingsDisk) {
        guard let profiles, let name = ProfileName(text), profiles.holds(name, on: disk) else {
            isUnknown = true
            problems.append((profiles ?? ProfileFolder(configuration: "")).unknown(text, on: disk))
            return
        }
        profile = name
        let path = profiles.path(of: name)
        if let fault = disk.fault(path) { refuse(fault) } else { take(disk.file(path), at: path) }
    }

    private mutating func refuse(_ fault: TrustFault) {
        problems.append(
            SettingsProblem(
                name: fault.path,
                what: "\(fault.what), so no settings are taken from there",
                advice: "Check what the settings say, then run: \(fault.remedy)"
            )
        )
    }

    private mutating func complain(_ path: String, _ reason: String) {
        let advice = profile == nil ? "Name another file with --env-file." : "Correct that, or name another profile."
        problems.append(SettingsProblem(name: path, what: reason, advice: advice))
    }

    private mutating func complain(_ what: String, in lines: [Int], advice: String) {
        guard !lines.isEmpty else { return }
        let numbers = lines.prefix(5).map { "\($0)" }.joined(separator: ", ")
        let more = lines.count > 5 ? " and \(lines.count - 5) more" : ""
        problems.append(SettingsProblem(name: path, what: "\(what) in line \(numbers)\(more)", advice: advice))
    }

    private mutating func read(_ bytes: [UInt8], at path: String, isPrivate: Bool) {
        self.path = path
        if DotEnv.isUTF16(bytes) {
            let advice = "Save it as UTF-8; Windows PowerShell does so with `Set-Content -Encoding utf8`."
            problems.append(SettingsProblem(name: path, what: "is written in UTF-16", advice: advice))
            return
        }
        let file = DotEnv(parsing: bytes)
        names = file.assignments.map { $0.name }
        let values = file.assignments.map { ($0.name, $0.value) }
        let origin = profile.flatMap { $0.isDefault ? nil : SettingOrigin.profile($0) } ?? .file(path)
        source = SettingsSource(origin, Dictionary(values) { $1 })
        complain(
            "has a quote that is not closed",
            in: file.openLines,
            advice: "Close it on the same line; a value has no more than one line."
        )
        let others = file.badLines.filter { !file.openLines.contains($0) }
        complain("has no NAME=value", in: others, advice: "Correct it, or put a # before it.")
        if !isPrivate {
            let warning = "\(path) can be read by other users. Run: chmod 600 \(Shell.quoted(path))"
            trustWarnings.append(warning)
            exposure = warning
        }
    }
}

extension DotEnvFile {
    /// What is wrong where address, token and secret are not all from the profile or all from elsewhere; nil where nothing is,
    /// and for a file that was named.
    ///
    /// A secret must not go to an address that someone else has set.
    func mixture(in entries: [SettingEntry]) -> SettingsProblem? {
        let names = ["OVALEDGE_BASE_URL", "OVALEDGE_USER_TOKEN", "OVALEDGE_USER_SECRET"]
        let given = entries.filter { names.contains($0.name) && $0.origin != .default }
        guard profile != nil, let own = given.first(where: { $0.origin == source.origin }),
            let other = given.first(where: { $0.origin != source.origin })
        else { return nil }
        return SettingsProblem(
            name: other.name,
            what: "comes from \(other.origin.phrase), and \(own.name) from \(own.origin.phrase)",
            advice: "Leave \(other.name) out there, or set all of \(names.joined(separator: ", ")) there."
        )
    }
}
