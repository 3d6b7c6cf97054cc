import Crypto
package import Files
import JSON
import Text
import Threads

/// What is noted of an entry that was installed, so that it can be taken away without a trace.
package struct InstallRecord: Hashable, Sendable {
    package let client: String
    package let path: String
    package let name: String
    /// Of the file with the entry in it, as it was written.
    package let digest: String
    /// The copy of the file from before; nil where there was none, or where it was changed in between.
    package let backup: String?
    /// Whether the file, and the map in it, are there for this entry and others of ours alone.
    package let madeFile: Bool
    package let madeMap: Bool
    /// How many folders were made for the file.
    package let madeFolders: Int
    /// What the entry starts this program with; nil where that was not noted.
    package let arguments: [String]?
    /// Where it leads instead; nil where that may be a secret, too.
    package let address: String?

    var json: JSON {
        .members(
            ("schema", 1),
            ("client", .string(client)),
            ("path", .string(path)),
            ("name", .string(name)),
            ("digest", .string(digest)),
            ("backup", backup.map { .string($0) }),
            ("madeFile", .bool(madeFile)),
            ("madeMap", .bool(madeMap)),
            ("madeFolders", .int(madeFolders)),
            ("arguments", arguments.map { .strings($0) }),
            ("address", address.map { .string($0) })
        )
    }

    init(
        client: String,
        path: String,
        name: String,
        digest: String,
        backup: String?,
        madeFile: Bool,
        madeMap: Bool,
        madeFolders: Int,
        arguments: [String]?,
        address: String?
    ) {
        (self.client, self.path, self.name, self.digest) = (client, path, name, digest)
        (self.backup, self.madeFile, self.madeMap) = (backup, madeFile, madeMap)
        (self.madeFolders, self.arguments, self.address) = (madeFolders, arguments, address)
    }

    init?(_ json: JSON) {
        guard let client = json["client"]?.string, let path = json["path"]?.string, let name = json["name"]?.string,
            let digest = json["digest"]?.string, !name.isEmpty
        else { return nil }
        self.init(
            client: client,
            path: path,
            name: name,
            digest: digest,
            backup: json["backup"]?.string,
            madeFile: json["madeFile"]?.bool ?? false,
            madeMap: json["madeMap"]?.bool ?? false,
            madeFolders: json["madeFolders"]?.int ?? 0,
            arguments: json["arguments"]?.array?.compactMap { $0.string },
            address: json["address"]?.string
        )
    }
}

/// Copies of clients' files and notes of what was installed, in folders of this program.
package struct InstallStore: Sendable {
    private static let kept = 10
    private let backups: String
    private let notes: String

    /// Nothing is made before something is kept.
    package init(backups: String, notes: String) {
        self.backups = backups
        self.notes = notes
    }

    package static func digest(_ bytes: [UInt8]) throws -> String { try Crypto.digest(bytes).hexadecimal }

    private static func key(_ path: String, _ name: String = "") throws -> String {
        String(try digest(Array("\(path)\n\(name)".utf8)).prefix(16))
    }

    /// Of all who change this file with this program, one has it at a time; waits ten seconds.
    package func turn(at realPath: String) throws -> FileLock {
        let folder = try PrivateDirectory(notes)
        for _ in 0..<500 {
            if let lock = try folder.lock(try Self.key(realPath) + ".lock") { return lock }
            Threads.pause(seconds: 0.02)
        }
        throw FileError(
            "another process changes \(realPath)",
            remedy: "Try again; if it stays so, end the oe-mcp process that hangs."
        )
    }

    package func record(_ realPath: String, _ name: String) -> InstallRecord? {
        guard let key = try? Self.key(realPath, name),
            let folder = try? PrivateDirectory(existing: notes, others: .nothing),
            let bytes = folder.contents(of: key + ".json", limit: 1 << 16), let json = try? JSON(parsing: bytes)
        else { return nil }
        return InstallRecord(json)
    }

    /// All that was noted, of every file.
    package func records() -> [InstallRecord] {
        guard let folder = try? PrivateDirectory(existing: notes, others: .nothing),
            let names = try? folder.names()
        else { return [] }
        return names.sorted().filter { $0.hasSuffix(".json") }.compactMap { name in
            folder.contents(of: name, limit: 1 << 16).flatMap { try? JSON(parsing: $0) }.flatMap { InstallRecord($0) }
        }
    }

    /// What undoes the installation exactly; nil where something else has happened to the file since.
    package func original(_ record: InstallRecord?, of file: ForeignFile) -> [UInt8]? {
        guard let record, let bytes = file.bytes, (try? Self.digest(bytes)) == record.digest,
            let backup = record.backup,
            let folder = try? PrivateDirectory(existing: "\(backups)/\(record.client)", others: .nothing)
        else { return nil }
        return folder.contents(of: backup, limit: ForeignFile.sizeLimit)
    }

    /// Keeps a copy of the file as it is, for this user alone; nil where there is no file.
    ///
    /// `stamp` sorts by time.
    package func backUp(_ file: ForeignFile, of client: ClientProgram, stamp: String) throws -> String? {
        guard let bytes = file.bytes else { return nil }
        let folder = try PrivateDirectory("\(backups)/\(client.id)")
        let key = try Self.key(file.realPath)
        let name = "\(stamp)-\(key)-\(try Self.digest(bytes).prefix(16))"
        try folder.replace(name, with: bytes, durably: true)
        for old in try folder.names().sorted().dropLast(Self.kept) { folder.remove(old) }
        return name
    }

    /// The paths of copies made before `stamp` that no note needs to take an entry away.
    package func staleBackups(before stamp: String) -> [String] {
        let needed = Set(records().compactMap { $0.backup })
        let folders = (try? PrivateDirectory(existing: backups, others: .nothing)?.names()) ?? []
        return folders.sorted().flatMap { client -> [String] in
            let names = (try? PrivateDirectory(existing: "\(backups)/\(client)", others: .nothing)?.names()) ?? []
            return names.sorted().filter { $0 < stamp && !needed.contains($0) }.map { "\(backups)/\(client)/\($0)" }
        }
    }

    /// The newest copy of this file.
    package func newestBackup(_ file: ForeignFile, of client: ClientProgram) throws -> [UInt8]? {
        guard let folder = try PrivateDirectory(existing: "\(backups)/\(client.id)", others: .nothing) else {
            return nil
        }
        let key = try Self.key(file.realPath)
        let mine = try folder.names().filter { $0.split(separator: "-").dropLast().last == key[...] }
        return mine.max().flatMap { folder.contents(of: $0, limit: ForeignFile.sizeLimit) }
    }

    /// Drops what is noted of an entry; nothing happens to the client's file.
    package func forget(_ record: InstallRecord) throws {
        try PrivateDirectory(notes).remove(try Self.key(record.path, record.name) + ".json")
    }

    /// Those noted of this file.
    private func records(of plan: InstallPlan) -> [InstallRecord] {
        records().filter { $0.path == plan.file.realPath }
    }

    /// Notes what was done, for who takes it away one day.
    package func note(_ plan: InstallPlan, backup: String?) throws {
        if plan.action == .restored {
            return try records(of: plan).filter { !plan.client.holds($0.name, in: plan.after ?? []) }.forEach(forget)
        }
        let folder = try PrivateDirectory(notes)
        let name = try Self.key(plan.file.realPath, plan.name) + ".json"
        guard plan.action != .removed, let after = plan.after else { return folder.remove(name) }
        let known = record(plan.file.realPath, plan.name)
        // A second change of the same entry is undone together with the first, if nothing happened in between.
        let continues = known.map { $0.digest == (try? Self.digest(plan.file.bytes ?? [])) } ?? false
        let others = plan.file.bytes.map { bytes in
            records(of: plan).filter { plan.client.holds($0.name, in: bytes) }
        }
        let map = plan.client.format == .dropIn ? nil : try entryMap(plan)
        let entry = try plan.client.format.entry(in: after, at: plan.client.path(of: plan.name))
            .map { FoundEntry($0, plan.client.shape) }
        let record = InstallRecord(
            client: plan.client.id,
            path: plan.file.realPath,
            name: plan.name,
            digest: try Self.digest(after),
            backup: continues ? known?.backup : plan.action == .added ? backup : nil,
            madeFile: others?.contains { $0.madeFile } ?? true,
            madeMap: others?.contains { $0.madeMap } == true || map == nil && plan.action == .added,
            madeFolders: others.map { $0.map { $0.madeFolders }.max() ?? 0 } ?? plan.file.missingFolders,
            arguments: entry.flatMap { $0.url == nil ? $0.arguments : nil },
            address: entry?.url.flatMap { LikelySecrets.struck(line: $0) == $0 ? $0 : nil }
        )
        try folder.replace(name, with: record.json.bytes, durably: true)
    }

    private func entryMap(_ plan: InstallPlan) throws -> JSON? {
        try plan.client.format.entry(in: plan.file.bytes ?? [], at: plan.client.map)
    }
}
