import Text

/// Every setting, written out for a terminal and for `.env.example`.
package struct SettingsTable: Sendable {
    private let entries: [SettingEntry]
    private let defaults: [String: String]

    /// Of settings that were read, or of `Settings.described`; `defaults` has what holds here where none is set.
    package init(_ entries: [SettingEntry], defaults: [String: String] = [:]) {
        self.entries = entries
        self.defaults = defaults
    }

    /// Name, value, origin and sentence in columns; secrets as `••••`, what is not set as `—`.
    package var terminal: String {
        let rows = entries.map { entry in
            let value = entry.value ?? defaults[entry.name] ?? entry.defaultText ?? "—"
            return [entry.name, value, Self.origin(of: entry), entry.about].map { VisibleText.line($0) }
        }
        let widths = (0..<3).map { column in rows.map { min($0[column].count, Self.widest) }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { text, width in
                text + String(repeating: " ", count: max(0, width - text.count))
            }
            return (cells + [row[3]]).joined(separator: "  ") + "\n"
        }.joined()
    }

    /// A value longer than this moves its own line instead of widening the column of all.
    private static let widest = 44

    private static func origin(of entry: SettingEntry) -> String {
        if entry.origin != .default && entry.value == nil { return "\(entry.origin), not usable" }
        return entry.value == nil && entry.defaultText == nil ? "not set" : entry.origin.description
    }

    /// A `.env` file to fill in: what is needed is left open, all else is a comment.
    package var envExample: String {
        let heading = """
            # Settings of oe-mcp. Copy this file to ~/.config/oe-mcp/.env, fill in the first three, and run:
            # chmod 600 ~/.config/oe-mcp/.env
            # That file is read by itself; any other has to be named: oe-mcp --env-file /path/to/file. Keep it outside of
            # repositories: with the user token and the secret, anyone acts as you.
            # To try oe-mcp without an account, run `oe-mcp --sandbox`: it needs no settings.
            # `oe-mcp settings --env-example` writes this file.

            """
        return heading + sections.map { Self.example($0.heading, $0.entries) }.joined()
    }

    /// The entries by heading, both in the order in which they are read.
    private var sections: [(heading: String, entries: [SettingEntry])] {
        entries.reduce(into: []) { sections, entry in
            if sections.last?.heading == entry.heading {
                sections[sections.count - 1].entries.append(entry)
            } else {
                sections.append((entry.heading, [entry]))
            }
        }
    }

    private static func example(_ heading: String, _ entries: [SettingEntry]) -> String {
        entries.reduce("\n# --- \(heading) ---\n") { text, entry in
            let sentences = [entry.about, entry.rule, entry.defaultText.map { "Default: \($0)." }].compactMap { $0 }
            let line = entry.isNeeded ? "\(entry.name)=" : "# \(entry.name)=\(entry.example)"
            return text + "\n# \(sentences.joined(separator: " "))\n\(line)\n"
        }
    }
}
