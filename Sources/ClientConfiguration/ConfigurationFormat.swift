package import JSON

/// How a client writes its file, and how an entry in it is read and changed, byte for byte outside of it.
package enum ConfigurationFormat: Hashable, Sendable {
    /// JSON that the client reads strictly: a comment in it would stop the client.
    case json
    /// JSON with comments and trailing commas.
    case jsonc
    case toml
    case yaml
    /// A file of our own, which the client reads besides its own; its first line says so.
    case dropIn

    /// The entry at this path of names, the last of which is its own; nil without one.
    package func entry(in bytes: [UInt8], at path: [String]) throws(DocumentFault) -> JSON? {
        switch self {
        case .json, .jsonc: try JSONDocument(bytes).found(at: path)
        case .toml: try TOMLDocument(bytes).found(at: path)
        case .yaml: try YAMLDocument(bytes).node(path)?.json
        case .dropIn: try DropIn.entry(in: bytes)
        }
    }

    /// With an entry that is not there yet.
    package func adding(_ entry: JSONObject, to bytes: [UInt8], at path: [String]) throws(DocumentFault) -> [UInt8] {
        let result: [UInt8]
        switch self {
        case .json, .jsonc: result = try readable(bytes).setting(.object(entry), at: path)
        case .toml: result = try TOMLDocument(bytes).adding(entry, at: path)
        case .yaml: result = try YAMLDocument(bytes).adding(entry, at: path)
        case .dropIn: return DropIn.contents(entry, named: path.last ?? "")
        }
        try confirm(bytes, became: result, at: path, with: .object(entry))
        return result
    }

    /// With these members of an entry that is there, and without those named stale.
    package func changing(
        _ members: [JSONObject.Member],
        stale: [String],
        in bytes: [UInt8],
        at path: [String]
    ) throws(DocumentFault) -> [UInt8] {
        guard var wanted = try entry(in: bytes, at: path) else { return bytes }
        for member in members { wanted[member.name] = member.value }
        for name in stale { wanted[name] = nil }
        var result = bytes
        switch self {
        case .json, .jsonc:
            for name in stale { result = try JSONDocument(result).removing(path + [name]) }
            for member in members where try JSONDocument(result).found(at: path + [member.name]) != member.value {
                result = try readable(result).setting(member.value, at: path + [member.name])
            }
        case .toml: result = try TOMLDocument(bytes).changing(members, stale: stale, at: path)
        case .yaml: result = try YAMLDocument(bytes).changing(members, stale: stale, at: path)
        case .dropIn: return DropIn.contents(wanted.object ?? JSONObject(), named: path.last ?? "")
        }
        try confirm(bytes, became: result, at: path, with: wanted)
        return result
    }

    /// Without the entry; without the map that held it, too, where that is empty then and `withMap` says so.
    package func removing(_ path: [String], from bytes: [UInt8], withMap: Bool) throws(DocumentFault) -> [UInt8] {
        var result: [UInt8]
        switch self {
        case .json, .jsonc:
            result = try JSONDocument(bytes).removing(path)
            let map = Array(path.dropLast())
            if withMap, !map.isEmpty, try JSONDocument(result).found(at: map)?.object?.isEmpty == true {
                result = try JSONDocument(result).removing(map)
            }
        case .toml: result = try TOMLDocument(bytes).removing(path)
        case .yaml: result = try YAMLDocument(bytes).removing(path, withMap: withMap)
        case .dropIn: return []
        }
        try confirm(bytes, became: result, at: path, with: nil)
        return result
    }

    /// Throws where the client would not read the file.
    private func readable(_ bytes: [UInt8]) throws(DocumentFault) -> JSONDocument {
        let document = try JSONDocument(bytes)
        if self == .json, let place = document.firstExtension {
            throw DocumentFault(
                "a comment or a trailing comma, which this client does not read,",
                at: place,
                in: bytes
            )
        }
        return document
    }

    /// Throws unless the new text says what the old one said, with this entry at the path, or none.
    private func confirm(
        _ old: [UInt8],
        became new: [UInt8],
        at path: [String],
        with entry: JSON?
    ) throws(DocumentFault) {
        let (before, after) = (try whole(old), try whole(new))
        let isEqual = Self.stripped(before, path[...]) == Self.stripped(after, path[...])
        guard isEqual, try self.entry(in: new, at: path)?.canonical == entry?.canonical else {
            throw DocumentFault(
                "the change would have altered something else",
                advice: "Nothing was changed; paste the entry by hand."
            )
        }
    }

    /// All that the file says, where it is not ours.
    func whole(_ bytes: [UInt8]) throws(DocumentFault) -> JSON {
        switch self {
        case .json, .jsonc: try JSONDocument(bytes).root?.json ?? .object(JSONObject())
        case .toml: try TOMLDocument(bytes).json
        case .yaml: try YAMLDocument(bytes).root?.json ?? .object(JSONObject())
        case .dropIn: try DropIn.entry(in: bytes) ?? .null
        }
    }

    /// Without the member at the path, and without the objects on the way to it that are empty then.
    private static func stripped(_ value: JSON, _ path: ArraySlice<String>) -> JSON {
        guard let name = path.first, var object = value.object else { return value }
        let inner = object[name].map { stripped($0, path.dropFirst()) }
        let isEmpty = path.count == 1 || inner?.isNull == true || inner?.object?.isEmpty == true
        object[name] = isEmpty ? nil : inner
        return .object(object)
    }

    /// What a person pastes where the file is not ours to change.
    package func snippet(_ entry: JSONObject, at path: [String]) -> String {
        let bytes = try? Self.adding(self == .json ? .jsonc : self, entry, path)
        return bytes.map { String(decoding: $0, as: UTF8.self) } ?? JSON.object(entry).prettyText
    }

    private static func adding(
        _ format: Self,
        _ entry: JSONObject,
        _ path: [String]
    ) throws(DocumentFault) -> [UInt8] {
        try format.adding(entry, to: [], at: path)
    }
}

/// A file that is ours as a whole: a block of Continue, with one server.
enum DropIn {
    private static let mark = "# Written by oe-mcp install, which changes it, and oe-mcp uninstall, which removes it."

    static func contents(_ entry: JSONObject, named name: String) -> [UInt8] {
        let label: (JSON) -> String = { value in
            guard let items = value.array else { return YAMLDocument.scalar(value) }
            return "[" + items.map { YAMLDocument.scalar($0) }.joined(separator: ", ") + "]"
        }
        var lines = [mark, "name: \(label(.string(name)))", "version: 1.0.0", "schema: v1", "mcpServers:"]
        for (place, member) in entry.members.enumerated() {
            lines.append("\(place == 0 ? "  - " : "    ")\(member.name): \(label(member.value))")
        }
        return Array(lines.map { $0 + "\n" }.joined().utf8)
    }

    /// What a file of ours says; of another's file that it is not ours, as an entry without a command.
    static func entry(in bytes: [UInt8]) throws(DocumentFault) -> JSON? {
        if bytes.isEmpty { return nil }
        guard bytes.starts(with: mark.utf8) else { return [:] }
        guard case .list(let items)? = try YAMLDocument(bytes).node(["mcpServers"])?.kind else { return [:] }
        return items.first?.json ?? [:]
    }
}
