/// A program that people use with MCP servers, and where and how it keeps the list of them.
package struct ClientProgram: Sendable {
    /// Where it keeps the list, a place after the other; see `Machine.paths`.
    package struct Files: Sendable {
        let macOS: [String]
        let linux: [String]
        let windows: [String]
        /// Files of a project.
        package let project: [String]

        init(_ all: [String], macOS: [String]? = nil, windows: [String]? = nil, project: [String] = []) {
            linux = all
            self.macOS = macOS ?? all
            self.windows = windows ?? all
            self.project = project
        }

        package func user(_ system: Machine.System) -> [String] {
            switch system {
            case .macOS: macOS
            case .linux: linux
            case .windows: windows
            }
        }
    }

    /// Where it keeps what a server writes to its standard error.
    package struct Logs: Sendable {
        private let macOS: [String]
        private let linux: [String]
        private let windows: [String]
        /// Whether other servers are in the same file, so that only lines that name this program are its own.
        package let isShared: Bool
        /// Where the client itself shows it; goes on from "in".
        package let window: String

        init(
            _ all: [String] = [],
            macOS: [String]? = nil,
            windows: [String]? = nil,
            isShared: Bool = false,
            window: String = "its own window"
        ) {
            linux = all
            self.macOS = macOS ?? all
            self.windows = windows ?? all
            self.isShared = isShared
            self.window = window
        }

        /// As in ``Files``, with `NAME` for the name of the server.
        package func places(_ system: Machine.System) -> [String] {
            switch system {
            case .macOS: macOS
            case .linux: linux
            case .windows: windows
            }
        }
    }

    package enum Scope: String, CaseIterable, Sendable { case user, project }

    /// Who writes the entry.
    package enum Writer: Hashable, Sendable {
        case file
        /// The client's own command for the user's scope: it rewrites its file while it runs.
        case command(String)
        /// A person, in the client itself: it rewrites its state, or keeps it on another machine.
        case person
    }

    package let id: String
    /// As its makers write it.
    package let name: String
    package var writer = Writer.file
    package let files: Files
    package let format: ConfigurationFormat
    /// The names on the way to the map of servers; the last one may hold a dot.
    package let map: [String]
    package let shape: EntryShape
    /// Folders whose presence shows that it is installed, besides those of its files, and its programs.
    package var folders: [String] = []
    package var programs: [String] = []
    /// Names of its processes, where it drops entries that are written while it runs.
    package var processes: [String] = []
    package var link: DeepLink?
    package var logs = Logs()
    /// What a person does so that it notices the change; a sentence.
    package let reload: String

    /// The path of an entry of this name.
    package func path(of name: String) -> [String] { format == .dropIn ? [name] : map + [name] }

    /// Whether its file has an entry of this name; what cannot be read may have it.
    package func holds(_ name: String, in bytes: [UInt8]) -> Bool {
        do throws(DocumentFault) {
            return try format.entry(in: bytes, at: path(of: name)) != nil
        } catch {
            return true
        }
    }
}

// Where a client is on one machine.
extension ClientProgram {
    /// Why there is no one file to write.
    package enum PlaceFault: Error, Hashable, Sendable {
        /// It has no file of this scope.
        case noFile
        /// One of these, none of which is there.
        case ambiguous([String])
    }

    /// The file of this scope: the first that is there, else the first whose folder is, else the first.
    package func file(_ scope: Scope, on machine: Machine, name: String = "") throws(PlaceFault) -> String {
        let places = scope == .user ? files.user(machine.system) : files.project
        let set = places.first { $0.first == "$" && !machine.paths($0).isEmpty }
        let paths = (set.map { [$0] } ?? places.filter { $0.first != "$" }).map { place in
            machine.paths(Self.replacingName(place, name))
        }
        // One of several folders that an installer has named is the place, whatever is left from before.
        for (place, found) in zip(places.filter { set == nil && $0.first != "$" }, paths)
        where place.contains("*") && !found.isEmpty {
            if let known = found.first(where: { machine.kind($0) != .nothing }) { return known }
            guard found.count == 1 else { throw .ambiguous(found) }
            return found[0]
        }
        let all = paths.flatMap { $0 }
        guard let first = all.first else { throw .noFile }
        if let known = all.first(where: { machine.kind($0) != .nothing }) { return known }
        return all.first { machine.kind(Self.folder(of: $0)) == .folder } ?? first
    }

    /// The logs of a server of this name that are there, in no order.
    package func logFiles(of name: String, on machine: Machine) -> [String] {
        logs.places(machine.system).flatMap { place in
            machine.paths(place.split(separator: "/").map { Self.named(name, $0) }.joined(separator: "/"))
        }
        .filter { machine.kind($0) == .file }
    }

    private static func named(_ name: String, _ part: Substring) -> String {
        for suffix in ["NAME", "NAME.log"] where part.hasSuffix(suffix) {
            return part.dropLast(suffix.utf8.count) + name + suffix.dropFirst("NAME".utf8.count)
        }
        return String(part)
    }

    /// All files of this scope that are there, which may hold an entry of ours from before.
    package func present(_ scope: Scope, on machine: Machine, name: String = "") -> [String] {
        let places = scope == .user ? files.user(machine.system) : files.project
        return places.flatMap { machine.paths(Self.replacingName($0, name)) }.filter { machine.kind($0) == .file }
    }

    private static func replacingName(_ place: String, _ name: String) -> String {
        guard place.hasSuffix("/NAME.yaml") else { return place }
        return "\(place.dropLast("NAME.yaml".utf8.count))\(name.isEmpty ? "ovaledge" : name).yaml"
    }

    package static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    /// Whether it is installed here: a folder of its own, or its program, is there.
    package func isFound(on machine: Machine) -> Bool {
        let own = files.user(machine.system).filter { $0.first == "$" || $0.split(separator: "/").count > 2 }
        let folders = own.flatMap { machine.paths($0) }.map { Self.folder(of: $0) }
        return (folders + self.folders.flatMap { machine.paths($0) }).contains { machine.kind($0) != .nothing }
            || programs.contains { machine.program($0) != nil }
    }
}

/// An address that installs a server when it is opened, as some clients offer.
package enum DeepLink: Hashable, Sendable {
    /// The name and the entry as Base64.
    case base64(String)
    /// One JSON object with the name in it, percent-encoded.
    case object(String)
    /// The name and the entry as JSON, percent-encoded.
    case encoded(String)
    /// The words of the command one by one, for Goose.
    case words(String)
    /// A whole map of servers as Base64.
    case map(String)
}
