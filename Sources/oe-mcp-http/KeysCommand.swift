import Clock
import Commands
import Crypto
import Files
import Logging
import Settings
import Text

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// `oe-mcp-http keys`: makes a file with a key, puts a newer key in front, or says which there are.
enum KeysCommand {
    static let description = CommandLineCommand(
        "keys",
        operands: "new [FILE] | rotate [FILE] | list [FILE]",
        """
        Make a key that seals sessions or sign-ins, in FILE, in that of MCP_SEAL_KEY_FILE or on standard output; put a \
        newer one in front of those of a file; or list them.
        """,
        options: Settings.options
    )

    /// How long a key is still accepted after a newer one is there, at least.
    private static let acceptedDays = 90

    static func run(_ line: ParsedCommandLine) throws -> Int32 {
        switch (line.operands.first, line.operands.count) {
        case ("new", 1...2): return try make(line)
        case ("rotate", 1...2): return try rotate(line)
        case ("list", 1...2): return try list(line)
        default:
            throw UsageError(
                "`keys` makes a file of keys, puts a newer key into it, or lists its keys.",
                advice: "Write oe-mcp-http keys new, keys rotate or keys list, perhaps with a file."
            )
        }
    }

    private static func make(_ line: ParsedCommandLine) throws -> Int32 {
        let key = try Crypto.randomBytes(32)
        let id = try KeyRing.id(of: key)
        let now = SystemClock.secondsSince1970()
        let text = KeyFileText.lines(of: key, id, at: now).joined(separator: "\n") + "\n"
        guard let path = try line.operands.dropFirst().first ?? Environment.settings(line).httpAccess.sealKeyFile else {
            StandardOutput.write(String(text.dropLast()))
            return 0
        }
        if let problem = create(path, text) {
            StandardError.write(VisibleText.line("oe-mcp-http: \(path) \(problem)"))
            return 1
        }
        StandardError.write(VisibleText.line("Key \(id) is in \(path), which only you can read."))
        return 0
    }

    /// Nil when it is there; else what stood in the way, and what to do.
    private static func create(_ path: String, _ text: String) -> String? {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            if errno == EEXIST {
                return "exists, and is not replaced. `oe-mcp-http keys rotate` adds a key to it; or name another."
            }
            return "cannot be made: \(String(cString: strerror(errno))). Name another file."
        }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count else {
            return "cannot be written: \(String(cString: strerror(errno))). Remove it, and free some space."
        }
        return nil
    }

    /// Puts a new key in front, in one step: a server that reads meanwhile finds the old file or the new one.
    private static func rotate(_ line: ParsedCommandLine) throws -> Int32 {
        let file = try NamedFile(line)
        var keys = try file.keys()
        let (key, now) = (try Crypto.randomBytes(32), SystemClock.secondsSince1970())
        try keys.prepend(key, at: now)
        let days = max(acceptedDays, file.refreshDays)
        let dropped = keys.dropOld(days: days, at: now)
        try file.replace(with: keys.text)
        var says = ["Key \(try KeyRing.id(of: key)) is the first of \(keys.entries.count) in \(file.path)."]
        says += dropped.map { "Key \($0) was replaced more than \(days) days ago, and is removed." }
        // What was in use until a day that is not known.
        says += zip(keys.entries, keys.entries.dropFirst()).filter { $0.0.made == nil }
            .map { "No comment says when key \($1.id) was replaced: remove it when that was \(days) days ago." }
        says.append("Send SIGHUP to the servers that use it.")
        for sentence in says { StandardError.write(VisibleText.line(sentence)) }
        return 0
    }

    private static func list(_ line: ParsedCommandLine) throws -> Int32 {
        let entries = try NamedFile(line).keys().entries
        let lines = entries.enumerated().map { place, entry in
            "\(entry.id)  made \(entry.made ?? "on an unknown day")  \(place == 0 ? "current" : "accepted")"
        }
        StandardOutput.write(lines.joined(separator: "\n"))
        return 0
    }
}

/// The file of keys that is named on the command line, else by a setting.
private struct NamedFile {
    let path: String
    /// How long a sign-in may rest, and with it need the key by which it was sealed.
    let refreshDays: Int

    init(_ line: ParsedCommandLine) throws {
        let settings = try Environment.settings(line)
        let named = line.operands.dropFirst().first
        guard let path = named ?? settings.oauth.signIn.keyFile ?? settings.httpAccess.sealKeyFile else {
            throw UsageError(
                "No file of keys is named.",
                advice: "Name one, or set OAUTH_KEY_FILE or MCP_SEAL_KEY_FILE."
            )
        }
        self.path = path.first == "/" ? path : "./" + path
        refreshDays = settings.oauth.signIn.refreshDays
    }

    func keys() throws -> KeyFileText {
        let file = SettingsFile.onDisk(path, isSecret: true)
        guard case .content(let bytes, _) = file else {
            throw KeyFileProblem(description: "\(path) \(file.obstacle). \(file.advice)")
        }
        do {
            return try KeyFileText(parsing: String(decoding: bytes, as: UTF8.self))
        } catch let fault as KeyFileFault {
            throw KeyFileProblem(description: "\(path) \(fault.what). \(fault.advice)")
        }
    }

    /// The new file is this user's, so that the old one has to be, too.
    func replace(with text: String) throws {
        var status = stat()
        guard stat(path, &status) == 0, status.st_uid == geteuid() else {
            throw KeyFileProblem(description: "\(path) belongs to another user. Run this command as that user.")
        }
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let folder = slash == path.startIndex ? "/" : String(path[..<slash])
        do throws(FileError) {
            guard let folder = try PrivateDirectory(existing: folder, others: .look) else { return }
            try folder.replace(String(path[path.index(after: slash)...]), with: Array(text.utf8), durably: true)
        } catch {
            throw KeyFileProblem(description: "\(error). \(error.remedy ?? "Move the file to a folder of your own.")")
        }
    }
}

private struct KeyFileProblem: Error, CustomStringConvertible {
    let description: String
}
