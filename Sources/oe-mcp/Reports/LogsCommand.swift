import ClientConfiguration
import Commands
import Files
import Logging
import Settings
import Text

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// `oe-mcp logs`: what this program has logged, wherever clients keep it, and in its own file.
///
/// Ends with 1 where there is no log.
struct LogsCommand {
    static let description = CommandLineCommand(
        "logs",
        operands: "[CLIENT …]",
        "Show the last lines that this program has logged, from the files in which clients keep them.",
        options: [
            CommandLineOption("follow", "Go on showing what is added, until Ctrl-C."),
            CommandLineOption("lines", value: "NUMBER", "How many lines of each log; 20 when left out."),
        ]
    )

    static func execute(_ line: ParsedCommandLine) throws -> Int32 {
        let count = try line.number("lines", in: 1...10_000) ?? 20
        return try LogsCommand(line).show(count, follows: line.has("follow"))
    }

    private let redactor = Redactor()
    private let sources: [LogSource]
    /// Those that were named, or have an entry of ours, and keep no file here.
    private let others: [ClientProgram]

    private init(_ line: ParsedCommandLine) throws {
        let machine = Machine.current()
        // Settings that cannot be used are no reason to hide the log that says so.
        let settings = try? Environment.settings(line)
        for secret in settings?.secrets ?? [] { redactor.add(secret) }
        var named: [ClientProgram] = []
        for id in line.operands where id != "oe-mcp" {
            guard let client = ClientProgram.named(id) else { throw InstallRequest.unknown(id) }
            named.append(client)
        }
        let isOwnWanted = line.operands.isEmpty || line.operands.contains("oe-mcp")
        let clients = LogSource.kept(by: line.operands.isEmpty ? ClientProgram.all : named, on: machine)
        let own = isOwnWanted ? settings.flatMap { LogSource.own($0) } : nil
        sources = clients + [own].compactMap { $0 }
        let store = InstallStore.ofThisUser
        let starting = ClientProgram.all.filter { client in
            ClientStatus.of(client, on: machine, store, always: false).contains { $0.state == .ours }
        }
        others = (line.operands.isEmpty ? starting : named).filter { client in
            !clients.contains { $0.id == client.id && $0.path != nil }
        }
    }

    private func show(_ count: Int, follows: Bool) -> Int32 {
        // Before the last lines are read, so that none is missed between the two.
        let followed = follows ? sources.map { FollowedFile($0.path ?? "") } : []
        for client in others { say("\(client.name) shows it in \(client.logs.window).") }
        var found = 0
        for source in sources {
            guard let (path, lines) = source.lastLines(count) else { continue }
            found += 1
            say("==> \(source.name): \(path)")
            for line in lines { say(line) }
        }
        if follows { follow(followed) }
        if found == 0 && others.isEmpty {
            say("No log was found. Set LOG_FILE to keep one, or look in the client's own window.")
        }
        return found == 0 ? 1 : 0
    }

    /// Until a signal ends the program.
    private func follow(_ followed: [FollowedFile]) {
        var files = followed
        var last: Int?
        var isBehind = false
        while true {
            if !isBehind { poll(nil, 0, Self.pauseMilliseconds) }
            isBehind = false
            for place in files.indices {
                guard let path = sources[place].path else { continue }
                let isOther = files[place].path != path
                let lines = files[place].newLines(at: path).filter(sources[place].isOurs)
                isBehind = isBehind || files[place].hasMore
                if !lines.isEmpty, last != place || isOther {
                    say("==> \(sources[place].name): \(path)")
                    last = place
                }
                for line in lines { say(line) }
            }
            if StandardOutput.failure != nil { return }
        }
    }

    private static let pauseMilliseconds: Int32 = 200

    private func say(_ line: String) { StandardOutput.write(VisibleText.line(redactor.redacted(line))) }
}
