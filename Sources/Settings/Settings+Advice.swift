import Text

// What can be used as it is, and is hardly meant so.
extension Settings {
    /// Names in the environment that are nearly one of ours; others belong to other programs.
    static func misspelt(in environment: [String: String], known: [String]) -> [String] {
        let all = Set(known)
        return environment.keys.sorted().compactMap { name in
            let capitals = name.uppercased()
            guard ["OAUTH_", "MCP_", "OVALEDGE_"].contains(where: capitals.hasPrefix), !all.contains(capitals),
                !DotEnvFile.otherPrograms.contains(capitals), let near = Suggestion.nearest(to: name, among: known),
                isSlip(capitals, of: near)
            else { return nil }
            return "\(name) in the environment is not a setting of this program, so it changes nothing."
                + " Did you mean \(near)?"
        }
    }

    /// Whether they differ in one place, by two letters at most; a name that differs by more may be another program's.
    private static func isSlip(_ written: String, of name: String) -> Bool {
        let (one, other) = (Array(written.utf8), Array(name.utf8))
        let start = zip(one, other).prefix { $0 == $1 }.count
        let end = zip(one[start...].reversed(), other[start...].reversed()).prefix { $0 == $1 }.count
        return max(one.count, other.count) - start - end <= 2
    }

    /// What files of a deployment name whatever the mode is, and what both modes know.
    private static let ofBothModes = ["OAUTH_CLOCK_LEEWAY", "OAUTH_KEY", "OAUTH_KEY_FILE", "OAUTH_STORE"]

    /// Of the settings for signing in, those that mean nothing in this mode.
    func adviceOnOAuth(_ entries: [SettingEntry]) -> [String] {
        let mode = account.authMode
        let (heading, other): (String, AuthMode)
        switch mode {
        case .remote: (heading, other) = (OAuthSettings.signInHeading, .remoteLogin)
        case .remoteLogin: (heading, other) = (OAuthSettings.providerHeading, .remote)
        case .local, .remoteCredentials: return []
        }
        var advice = entries.filter {
            // Some deployments hand over every setting, with its default.
            $0.heading == heading && $0.origin != .default && $0.value != $0.defaultText
                && !Self.ofBothModes.contains($0.name)
        }.map { entry in
            "\(entry.name) changes nothing with AUTH_MODE=\(mode.rawValue); it is for AUTH_MODE=\(other.rawValue)."
        }
        if mode == .remote, oauth.provider.isFacade, oauth.provider.clientID == nil {
            advice.append(
                """
                OAUTH_FACADE is true without OAUTH_CLIENT_ID, so that no client can register here; people have to type a \
                client id, or set OAUTH_CLIENT_ID to the one that is registered at the identity provider.
                """
            )
        }
        return advice
    }
}
