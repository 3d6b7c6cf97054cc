import Bridge
import HTTP
import JSON
import Logging
import Settings
import Text

/// Reads one entry of a file of servers; what it does not know is refused, because it may have been meant as a limit.
struct EntryReader {
    struct Fault: Error {
        let what: String
        let advice: String
    }

    let json: JSON
    let allowsHTTP: Bool

    /// The first steps of paths of the bridge's own.
    private static let reserved: Set<String> = [
        "docs", "health", "healthz", "mcp", "metrics", "oauth", "prompts", "ready", "resources", "session", "sse",
        "tools",
    ]
    private static let known: Set<String> = [
        "url", "serverUrl", "command", "args", "env", "cwd", "headers", "auth", "includeTools", "excludeTools",
        "disabledTools", "disabled",
    ]
    /// Those of clients, which mean nothing to a bridge.
    private static let ofClients: Set<String> = [
        "type", "transport", "transportType", "name", "title", "description", "icon", "version", "timeout",
        "autoApprove", "alwaysAllow", "gallery",
    ]

    /// `environment` has what the file leaves to it.
    init(json: JSON, allowsHTTP: Bool, environment: [String: String] = [:]) throws(Fault) {
        let variables = EntryVariables(environment: environment)
        self.allowsHTTP = allowsHTTP
        guard var object = json.object else {
            self.json = json
            return
        }
        for index in object.members.indices where !Self.ofClients.contains(object.members[index].name) {
            object.members[index].value = try variables.filled(object.members[index].value)
        }
        self.json = .object(object)
    }

    func entry(_ name: String) throws(Fault) -> ServerEntry {
        guard let alias = ServerAlias(name), !Self.reserved.contains(name) else {
            throw Fault(what: "is no name for a server here", advice: "Use a-z, 0-9 and -, 20 at most.")
        }
        guard let members = json.object?.members else {
            throw Fault(what: "is no object", advice: #"Write {"url": "https://…"}."#)
        }
        if let other = members.first(where: { !Self.known.contains($0.name) && !Self.ofClients.contains($0.name) }) {
            throw Fault(
                what: "has a member `\(other.name.prefix(40))`, which is not known here",
                advice: "Correct its name, or remove it."
            )
        }
        var entry = ServerEntry(name: alias.text, kind: try kind())
        entry.fields = try fields()
        (entry.bearer, entry.hasNoToken) = try token()
        entry.included = try texts("includeTools")
        entry.excluded = (try texts("excludeTools") ?? []) + (try texts("disabledTools") ?? [])
        if let disabled = json["disabled"], disabled != true, disabled != false {
            throw wrong("disabled", "true or false")
        }
        entry.isDisabled = json["disabled"] == true
        if entry.bearer != nil || entry.hasNoToken, entry.fields["Authorization"] != nil {
            throw Fault(what: "has both `auth` and a header Authorization", advice: "Leave one of them out.")
        }
        return entry
    }

    private func wrong(_ member: String, _ form: String) -> Fault {
        Fault(what: "has a member `\(member)` that is not \(form)", advice: "Correct or remove `\(member)`.")
    }

    private func text(_ member: String) throws(Fault) -> String? {
        guard let value = json[member] else { return nil }
        guard let text = value.string, !text.isEmpty, !text.utf8.contains(0) else {
            throw wrong(member, "a text without zero bytes")
        }
        return text
    }

    private func texts(_ member: String) throws(Fault) -> [String]? {
        guard let value = json[member] else { return nil }
        let texts = value.array?.compactMap { $0.string }.filter { !$0.utf8.contains(0) }
        guard let texts, texts.count == value.array?.count else {
            throw wrong(member, "a list of texts without zero bytes")
        }
        return texts
    }

    private func pairs(_ member: String, _ areGood: (String, String) -> Bool, _ form: String) throws(Fault) -> [(
        name: String, value: String
    )] {
        guard let value = json[member] else { return [] }
        guard let members = value.object?.members else { throw wrong(member, "an object of texts") }
        var pairs: [(name: String, value: String)] = []
        for pair in members {
            guard let text = pair.value.string, areGood(pair.name, text) else {
                throw wrong("\(member).\(pair.name.prefix(40))", form)
            }
            pairs.append((pair.name, text))
        }
        return pairs
    }

    private func fields() throws(Fault) -> HTTPFields {
        var fields: HTTPFields = [:]
        let isField = { (name: String, value: String) in
            HeaderToken(setting: name) != nil
                && value.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        }
        for pair in try pairs("headers", isField, "a header field that can be sent") {
            fields[pair.name] = pair.value
        }
        return fields
    }

    private func token() throws(Fault) -> (Secret?, hasNone: Bool) {
        guard let auth = json["auth"] else { return (nil, false) }
        if auth == "none" { return (nil, true) }
        guard let members = auth.object?.members, members.count == 1, let member = members.first,
            ["token", "bearer"].contains(member.name), let token = member.value.string, !token.isEmpty,
            token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { throw wrong("auth", #"{"token": "…"} or "none""#) }
        return (Secret(token), false)
    }

    private func kind() throws(Fault) -> ServerEntry.Kind {
        if json["url"] != nil || json["serverUrl"] != nil {
            let (url, other) = (try text("url"), try text("serverUrl"))
            guard let url = url ?? other, let address = RemoteAddress(setting: url) else {
                throw Fault(what: "has no address that can be used", advice: "Write one that begins with https://.")
            }
            guard json["command"] == nil else {
                throw Fault(what: "has an address and a command", advice: "Leave one of them out.")
            }
            guard address.isEncrypted || address.isLoopback || allowsHTTP else {
                throw Fault(
                    what: "begins with http://, so that tokens would travel unencrypted to another machine",
                    advice: "Write https://, or set MCP_REMOTE_ALLOW_HTTP=true if you trust the network in between."
                )
            }
            return .remote(url: address.text)
        }
        guard let command = try text("command") else {
            throw Fault(what: "has neither url nor command", advice: "Write one of them.")
        }
        let isVariable = { (name: String, value: String) in
            !name.isEmpty && !name.utf8.contains { $0 == 0 || $0 == UInt8(ascii: "=") } && !value.utf8.contains(0)
        }
        return .child(
            command: command,
            arguments: try texts("args") ?? [],
            variables: try pairs("env", isVariable, "a variable: a name without =, and a text").map {
                NamedSecret(name: $0.name, value: Secret($0.value))
            },
            folder: try text("cwd")
        )
    }
}
