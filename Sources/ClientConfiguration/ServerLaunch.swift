package import JSON

/// What a client is to start, or the address that it is to connect to.
package struct ServerLaunch: Hashable, Sendable {
    package enum Way: Hashable, Sendable {
        /// `command` is an absolute path; `environment` is empty but in what a person pastes.
        case process(command: String, arguments: [String], environment: [JSONObject.Member] = [])
        case address(String)
    }

    /// As the client shows it.
    package let name: String
    package let way: Way

    package init(name: String, way: Way) {
        self.name = name
        self.way = way
    }

    /// Letters, digits and dashes: with `mcp__` before it, `__` and the longest name of a tool after it, a client may
    /// use 64 characters.
    package static func isName(_ name: String, longestTool: Int) -> Bool {
        let isWord = name.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (0x30...0x39).contains(byte)
                || byte == UInt8(ascii: "-")
        }
        return isWord && !name.isEmpty && name.utf8.count <= 64 - 7 - longestTool && name.utf8.first != 0x2D
    }
}

/// An entry as one client has it: the members that are ours to set and change, and those of a new entry that a person may
/// change afterwards.
package struct ClientEntry: Hashable, Sendable {
    package var own: [JSONObject.Member]
    package var initial: [JSONObject.Member] = []
    /// Members that belong to the other way to reach a server.
    package var stale: [String]

    /// A new entry; what kind it is comes first.
    package var whole: JSONObject {
        let (kinds, others) = (own.filter { $0.name == "type" }, own.filter { $0.name != "type" })
        return JSONObject(kinds + initial.filter { $0.name == "name" } + others + initial.filter { $0.name != "name" })
    }
}

/// How the entries of one client are written.
package enum EntryShape: Hashable, Sendable {
    /// `command` and `args`; `url` with this `type`, if the client wants one, below this name.
    case plain(url: String? = "url", type: String? = nil)
    /// The same with `type` "stdio".
    case typed(url: String? = "url", type: String?)
    /// The same with a list of the tools that may be used: all of them.
    case withTools
    case zed, opencode, goose, crush, continueBlock

    /// Nil where the client cannot have such an entry in its file.
    package func entry(_ launch: ServerLaunch) -> ClientEntry? {
        switch launch.way {
        case .process(let command, let arguments, let environment):
            process(launch.name, command, arguments, environment)
        case .address(let url): address(launch.name, url)
        }
    }

    private typealias Member = JSONObject.Member

    private static let stdio = ["command", "args", "env"]

    private func process(
        _ name: String,
        _ command: String,
        _ arguments: [String],
        _ environment: [JSONObject.Member]
    ) -> ClientEntry {
        let variables = environment.isEmpty ? [] : [Member("env", .object(JSONObject(environment)))]
        let usual = [Member("command", .string(command)), Member("args", .strings(arguments))] + variables
        switch self {
        case .plain(let url, let type):
            return ClientEntry(own: usual, stale: [url ?? "url", "headers"] + (type == nil ? [] : ["type"]))
        case .typed(let url, _):
            return ClientEntry(own: [Member("type", "stdio")] + usual, stale: [url ?? "url", "headers"])
        case .withTools:
            let own = [Member("type", "stdio")] + usual
            return ClientEntry(own: own, initial: [Member("tools", ["*"])], stale: ["url", "headers"])
        case .zed: return ClientEntry(own: [Member("source", "custom")] + usual, stale: ["url", "headers"])
        case .opencode:
            let variables = variables.map { Member("environment", $0.value) }
            let own = [Member("type", "local"), Member("command", .strings([command] + arguments))] + variables
            return ClientEntry(own: own, initial: [Member("enabled", true)], stale: ["url", "headers", "oauth"])
        case .goose:
            let variables = variables.map { Member("envs", $0.value) }
            let own = [Member("type", "stdio"), Member("cmd", .string(command)), Member("args", .strings(arguments))]
            return ClientEntry(own: own + variables, initial: Self.goose(name), stale: ["uri", "headers"])
        case .crush:
            let own = [Member("type", "stdio"), Member("command", .string(Self.escaped(command)))]
            let arguments = Member("args", .strings(arguments.map { Self.escaped($0) }))
            return ClientEntry(own: own + [arguments] + variables, stale: ["url", "headers"])
        case .continueBlock:
            return ClientEntry(own: [Member("name", .string(name)), Member("type", "stdio")] + usual, stale: ["url"])
        }
    }

    private func address(_ name: String, _ url: String) -> ClientEntry? {
        let link = Member("url", .string(url))
        switch self {
        case .plain(nil, _), .typed(nil, _): return nil
        case .plain(let key?, let type), .typed(let key?, let type):
            let kind = type.map { [Member("type", .string($0))] } ?? []
            return ClientEntry(
                own: kind + [Member(key, .string(url))],
                stale: Self.stdio + (type == nil ? ["type"] : []) + (key == "url" ? [] : ["url"])
            )
        case .withTools:
            let own = [Member("type", "http"), link]
            return ClientEntry(own: own, initial: [Member("tools", ["*"])], stale: Self.stdio)
        case .zed: return ClientEntry(own: [link], stale: Self.stdio + ["source"])
        case .opencode:
            let own = [Member("type", "remote"), link]
            return ClientEntry(own: own, initial: [Member("enabled", true)], stale: ["command", "environment"])
        case .goose:
            let own = [Member("type", "streamable_http"), Member("uri", .string(url))]
            return ClientEntry(own: own, initial: Self.goose(name), stale: ["cmd", "args", "envs", "env_keys"])
        case .crush: return ClientEntry(own: [Member("type", "http"), link], stale: Self.stdio)
        case .continueBlock:
            let own = [Member("name", .string(name)), Member("type", "streamable-http"), link]
            return ClientEntry(own: own, stale: ["command", "args"])
        }
    }

    private static func goose(_ name: String) -> [JSONObject.Member] {
        [
            Member("name", .string(name)), Member("enabled", true),
            Member("description", "OvalEdge data catalog"), Member("timeout", 300),
        ]
    }

    private static let special = "$`\\\""

    /// Crush hands values to a shell.
    private static func escaped(_ text: String) -> String {
        text.map { special.contains($0) ? "\\\($0)" : String($0) }.joined()
    }

    /// A value of an entry as its client understands it.
    fileprivate func understood(_ text: String) -> String {
        guard self == .crush else { return text }
        var (plain, isEscaped) = ("", false)
        for character in text {
            if isEscaped, !Self.special.contains(character) { plain.append("\\") }
            if character == "\\", !isEscaped {
                isEscaped = true
            } else {
                plain.append(character)
                isEscaped = false
            }
        }
        return isEscaped ? plain + "\\" : plain
    }
}

/// What an entry found in a file starts, whatever its client calls it.
package struct FoundEntry: Hashable, Sendable {
    /// Nil for an address, and for what is no entry.
    package let command: String?
    package let arguments: [String]
    package let url: String?
    package let isDisabled: Bool
    /// What it sets for the program, as far as it is written there.
    package let variables: [String: String]

    /// `shape` says how it is written.
    package init(_ entry: JSON, _ shape: EntryShape = .plain()) {
        let words = entry["command"]?.array?.compactMap { $0.string }
        command = (words?.first ?? entry["command"]?.string ?? entry["cmd"]?.string).map { shape.understood($0) }
        arguments = (words.map { Array($0.dropFirst()) } ?? entry["args"]?.array?.compactMap { $0.string } ?? [])
            .map { shape.understood($0) }
        url = ["url", "httpUrl", "serverUrl", "uri"].lazy.compactMap { entry[$0]?.string }.first
        isDisabled =
            entry["disabled"]?.bool == true || entry["enabled"]?.bool == false
            || entry["enabled"] == TOMLDocument.raw("false")
        let members = (entry["env"] ?? entry["envs"] ?? entry["environment"])?.object?.members ?? []
        variables = Dictionary(members.compactMap { member in member.value.string.map { (member.name, $0) } }) { $1 }
    }

    /// Whether it starts a program of this name, however its path is written.
    package func starts(_ program: String) -> Bool {
        guard let last = command?.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last else { return false }
        return last == program || last.lowercased() == program + ".exe"
    }

    /// The value of an option among the arguments, such as the profile.
    package func option(_ name: String) -> String? {
        let joined = arguments.first { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
        guard let place = arguments.firstIndex(of: name), place + 1 < arguments.count else { return joined }
        return arguments[place + 1]
    }

    /// What it hands to the program as names with values: its variables, and what stands behind an option.
    package func handed(behind option: String) -> [(name: String, value: String)] {
        let behind = zip(arguments, arguments.dropFirst()).filter { $0.0 == option }.map { $0.1 }
        let joined = arguments.filter { $0.hasPrefix(option + "=") }.map { String($0.dropFirst(option.count + 1)) }
        let pairs = (behind + joined).compactMap { text in
            text.firstIndex(of: "=").map { (String(text[..<$0]), String(text[text.index(after: $0)...])) }
        }
        return variables.map { ($0.key, $0.value) } + pairs
    }
}
