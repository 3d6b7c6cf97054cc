package import Files
package import JSON
import Text

/// What is to be done with one file: made from what it holds at one moment, and good until it changes.
package struct InstallPlan: Sendable {
    package enum Action: String, Sendable { case unchanged, added, changed, replaced, removed, absent, restored }

    package let client: ClientProgram
    /// Of the entry; empty where the whole file is put back.
    package let name: String
    package let file: ForeignFile
    package let action: Action
    /// Nil for a file that is to be removed; the bytes that it has where nothing changes.
    package let after: [UInt8]?

    package var isChange: Bool { action != .unchanged && action != .absent }

    /// As `diff -u` shows it, without what may be a secret in the entries of others.
    package var difference: String {
        let text = TextDifference.unified(file.bytes, after, path: file.path)
        let documents = [file.bytes, after].compactMap { bytes in bytes.flatMap { try? client.format.whole($0) } }
        // The path of the file, in the first two lines, is no one's secret.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let secrets = LikelySecrets(in: documents)
        let shown = lines.dropFirst(2).map { line in
            // A word of ours is shown, even where the entry of another has the same.
            let isOwn = line.hasPrefix("+") && own.contains(Self.bare(line.dropFirst()))
            return isOwn ? LikelySecrets.struck(line: String(line)) : secrets.struck(from: String(line))
        }
        return (lines.prefix(2).map { String($0) } + shown).joined(separator: "\n")
    }

    /// The lines of our entry where it stands alone.
    private let own: Set<String>

    init(
        _ client: ClientProgram,
        _ name: String,
        _ file: ForeignFile,
        _ action: Action,
        _ after: [UInt8]?,
        adding entry: ClientEntry? = nil
    ) {
        (self.client, self.name, self.file, self.action, self.after) = (client, name, file, action, after)
        let alone = entry.flatMap { try? client.format.adding($0.whole, to: [], at: client.path(of: name)) }
        let lines = (alone ?? []).split(separator: UInt8(ascii: "\n"))
        own = Set(lines.map { Self.bare(String(decoding: $0, as: UTF8.self)) })
    }

    /// A line without its indentation, and without the comma behind it.
    private static func bare(_ line: some StringProtocol) -> String {
        let text = String(line).trimmed
        return text.hasSuffix(",") ? String(text.dropLast()) : text
    }

    /// The file as it was before, whatever has happened to it since.
    package init(restoring bytes: [UInt8], _ client: ClientProgram, in file: ForeignFile) {
        self.init(client, "", file, file.bytes == bytes ? .unchanged : .restored, bytes)
    }
}

/// The entry has the name that ours would have, and starts something else.
package struct ForeignEntry: Error, Hashable, CustomStringConvertible {
    package let name: String
    /// What it starts, or its address.
    package let what: String
    /// False where it starts this program with another command.
    package let isAnotherProgram: Bool

    package init(name: String, what: String, isAnotherProgram: Bool = true) {
        (self.name, self.what, self.isAnotherProgram) = (name, what, isAnotherProgram)
    }

    package var description: String {
        isAnotherProgram
            ? "there is an entry \"\(name)\" of another program (\(what))"
            : "the entry \"\(name)\" has another task: it starts \(what)"
    }
}

/// Plans what one entry in one client's file needs.
package struct InstallPlanner: Sendable {
    package let client: ClientProgram
    package let name: String
    /// The name of this program's file, by which its entries are known.
    package let program: String
    /// Whether an entry of another program may be replaced or removed.
    package let isForced: Bool
    /// What its arguments ask of this program, where that is not to serve the catalog.
    private let otherCommand: @Sendable ([String]) -> String?

    package init(
        _ client: ClientProgram,
        name: String,
        program: String,
        isForced: Bool,
        otherCommand: @escaping @Sendable ([String]) -> String? = { _ in nil }
    ) {
        self.client = client
        self.otherCommand = otherCommand
        self.name = name
        self.program = program
        self.isForced = isForced
    }

    /// Throws `DocumentFault`, `ForeignEntry` or `FileError`.
    package func install(_ entry: ClientEntry, in file: ForeignFile, _ record: InstallRecord?) throws -> InstallPlan {
        let bytes = file.bytes ?? []
        let path = client.path(of: name)
        guard let found = try client.format.entry(in: bytes, at: path) else {
            return plan(file, .added, try client.format.adding(entry.whole, to: bytes, at: path), entry)
        }
        guard isOurs(found, record) || FoundEntry(found).url != nil && holds(found, entry) else {
            guard isForced else { throw foreign(found) }
            let rest = try client.format.removing(path, from: bytes, withMap: false)
            return plan(file, .replaced, try client.format.adding(entry.whole, to: rest, at: path), entry)
        }
        let stale = entry.stale.filter { found[$0] != nil }
        let different = entry.own.filter { found[$0.name] != $0.value }
        if stale.isEmpty && different.isEmpty { return plan(file, .unchanged, file.bytes) }
        let after = try client.format.changing(different, stale: stale, in: bytes, at: path)
        return plan(file, .changed, after, entry)
    }

    /// `original` has the bytes from before the installation, where nothing has happened to the file since.
    package func uninstall(
        from file: ForeignFile,
        _ record: InstallRecord?,
        original: [UInt8]?
    ) throws -> InstallPlan {
        guard let bytes = file.bytes else { return plan(file, .absent, nil) }
        let path = client.path(of: name)
        guard let found = try client.format.entry(in: bytes, at: path) else { return plan(file, .absent, bytes) }
        guard isOurs(found, record) || isForced else { throw foreign(found) }
        if let original { return plan(file, .removed, original) }
        if client.format == .dropIn { return plan(file, .removed, nil) }
        let after = try client.format.removing(path, from: bytes, withMap: record?.madeMap == true)
        let rest = after.filter { !" \t\r\n".utf8.contains($0) }
        let isOver = record?.madeFile == true && (rest.isEmpty || rest == Array("{}".utf8))
        return plan(file, .removed, isOver ? nil : after)
    }

    private func plan(
        _ file: ForeignFile,
        _ action: InstallPlan.Action,
        _ after: [UInt8]?,
        _ entry: ClientEntry? = nil
    ) -> InstallPlan {
        InstallPlan(client, name, file, action, after, adding: entry)
    }

    /// An address says nothing of who wrote it; that we did is noted.
    package func isOurs(_ found: JSON, _ record: InstallRecord?) -> Bool {
        let entry = FoundEntry(found)
        return entry.starts(program) && otherCommand(entry.arguments) == nil
            || entry.command == nil && entry.url != nil && record != nil
    }

    private func holds(_ found: JSON, _ entry: ClientEntry) -> Bool {
        entry.own.allSatisfy { found[$0.name] == $0.value }
    }

    private func foreign(_ found: JSON) -> ForeignEntry {
        let entry = FoundEntry(found)
        let command = entry.starts(program) ? otherCommand(entry.arguments) : nil
        let what = LikelySecrets.struck(line: entry.command ?? entry.url ?? "nothing that can be started")
        return ForeignEntry(name: name, what: command.map { "\(what) \($0)" } ?? what, isAnotherProgram: command == nil)
    }
}
