import Text

/// What may be changed in OvalEdge, and where that is logged.
package struct WriteSettings: Sendable {
    /// Read again on SIGHUP.
    static let names = [allowance, confirmation]

    private static let allowance = "OVALEDGE_ALLOW_WRITES"
    private static let confirmation = "OVALEDGE_CONFIRM_BY"

    package let allowed: AllowedWrites
    package let confirmBy: ConfirmationChoice
    package let auditFolder: String?
    package let auditKeyFile: String?

    init(_ reader: inout SettingsReader) {
        reader.section("Changes")
        allowed = reader.readLimited(
            Self.allowance,
            "What may be changed: none, all, or some of \(AllowedWrites.families.joined(separator: ", ")). Read again on SIGHUP.",
            default: AllowedWrites.none
        )
        confirmBy = reader.read(
            Self.confirmation,
            "How a person agrees to a change: auto (in a form where the client has forms, else by a token), form or token only.",
            default: ConfirmationChoice.auto
        )
        let folder: FolderPath? = reader.read(
            "OVALEDGE_AUDIT_FOLDER",
            "Directory of the audit log; if it exists, it must be closed to others (mode 700).",
            example: "/var/lib/oe-mcp",
            saying: "$XDG_STATE_HOME/oe-mcp"
        )
        auditFolder = folder?.text
        let key: FolderPath? = reader.read(
            "OVALEDGE_AUDIT_KEY_FILE",
            "File with the key of the audit log, outside its directory; made when missing.",
            example: "/etc/oe-mcp/audit.key",
            saying: "~/.config/oe-mcp/audit.key"
        )
        auditKeyFile = key?.text
    }
}

/// How a person agrees to a change through a client.
package enum ConfirmationChoice: String, CaseIterable, SettingValue {
    case auto, form, token
}

/// Families of writes, by name.
package struct AllowedWrites: Hashable, SettingValue {
    package static let families = ["governance", "descriptions", "quality", "service_desk"]
    package static let none = AllowedWrites(families: [])
    package static let expectation = "none, all, or some of \(families.joined(separator: ", "))"

    /// In the order above.
    package let families: [String]

    private init(families: [String]) { self.families = families }

    package init?(setting text: String) {
        let names = Self.words(of: text)
        switch names {
        case ["none"]: self = .none
        case ["all"]: self.init(families: Self.families)
        case _ where !names.isEmpty && names.allSatisfy({ Self.families.contains($0) }):
            self.init(families: Self.families.filter { names.contains($0) })
        default: return nil
        }
    }

    /// What both allow.
    func within(_ others: AllowedWrites) -> AllowedWrites {
        AllowedWrites(families: families.filter { others.families.contains($0) })
    }

    private static func words(of text: String) -> [String] {
        text.lowercased().split { $0 == "," || $0 == " " }.map { String($0) }
    }

    /// Only where every word is one or near to one.
    package static func nearest(to text: String) -> String? {
        let words = words(of: text)
        let near = words.compactMap { Suggestion.nearest(to: $0, among: ["none", "all"] + families) }
        let meant = near.joined(separator: ",")
        return near.count == words.count && AllowedWrites(setting: meant) != nil ? meant : nil
    }

    package var shown: String {
        families.isEmpty ? "none" : families == Self.families ? "all" : families.joined(separator: ",")
    }
}

/// A directory or a file, named from the root.
package struct FolderPath: Hashable, SettingValue {
    package static let expectation = "a path that begins with /"
    package static let takesInvisible = true

    package let text: String

    package init?(setting text: String) {
        guard text.first == "/" else { return nil }
        self.text = text
    }

    package var shown: String { text }
}
