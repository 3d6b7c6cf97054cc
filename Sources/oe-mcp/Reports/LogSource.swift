import ClientConfiguration
import Commands
import Files
import Logging
import Settings
import Text

/// A log that has what this program wrote to its standard error: kept by a client, or by the program itself.
struct LogSource {
    /// `cursor`, or `oe-mcp` for the program's own.
    let id: String
    let name: String
    /// The files it may be in; the newest is it.
    let files: () -> [String]
    /// Full ones that were rotated away, the newest first.
    var older: [String] = []
    /// Whether a line is about this program, where others write to the same file.
    var isOurs: (String) -> Bool = { _ in true }

    var path: String? {
        files().compactMap { path in FollowedFile.modified(path).map { (path, $0) } }.max { $0.1 < $1.1 }?.0
    }

    /// Nil where there is no file.
    func lastLines(_ count: Int) -> (path: String, lines: [String])? {
        // Of a file that others write as well, most lines may be theirs.
        guard let path, let lines = FollowedFile.lastLines(count * 20, of: path, older: older) else { return nil }
        return (path, lines.filter(isOurs).suffix(count))
    }

    /// Those of `clients`, each with the names that its entries of ours have.
    static func kept(by clients: [ClientProgram], on machine: Machine) -> [LogSource] {
        let store = InstallStore.ofThisUser
        return clients.filter { !$0.logs.places(machine.system).isEmpty }.map { client in
            let found = ClientStatus.of(client, on: machine, store, always: false).filter { $0.state == .ours }
            let names = Set(found.compactMap { $0.name } + ["ovaledge"]).sorted()
            return LogSource(
                id: client.id,
                name: client.name,
                files: { Set(names.flatMap { client.logFiles(of: $0, on: machine) }).sorted() },
                isOurs: { line in
                    !client.logs.isShared || line.holds("oe-mcp") || names.contains { line.holds($0) }
                }
            )
        }
    }

    /// The file that is set for the log, with what was rotated.
    static func own(_ settings: Settings) -> LogSource? {
        settings.server.logFile.map { file in
            LogSource(
                id: "oe-mcp",
                name: "oe-mcp itself",
                files: { [file.path] },
                older: (0..<file.kept).prefix(10).map { "\(file.path).\($0 + 1)" }
            )
        }
    }
}
