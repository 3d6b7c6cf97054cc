package import JSON
import Text

/// A record as a store keeps it.
package protocol StoredRecord: Sendable {
    init(stored: JSON) throws(JSONMismatch)
    var json: JSON { get }
}

extension StoredRecord {
    /// Nil for what is no such record.
    package init?(storedBytes: [UInt8]) {
        guard let json = try? JSON(parsing: storedBytes), let record = try? Self(stored: json) else { return nil }
        self = record
    }
}

extension GrantRecord: StoredRecord {
    package init(stored json: JSON) throws(JSONMismatch) {
        self.init(
            id: try json.requiredText("id"),
            client: GrantedClient(
                id: try json.requiredText("client"),
                name: try json.requiredText("client_name"),
                origin: try json.requiredText("client_origin")
            ),
            subject: try json.requiredText("subject"),
            owner: try json.blob("owner"),
            scopes: try json.texts("scopes"),
            resource: try json.requiredText("resource"),
            created: try json.time("created"),
            end: try json.time("end"),
            idleEnd: try json.time("idle_end"),
            box: try json.blob("box")
        )
        if let refresh = json["refresh"] { self.refresh = try RefreshState(stored: refresh) }
        lastIssue = json["last_issue"]?.double
        guard let revoked = json["revoked"] else { return }
        guard let reason = GrantRevocation.Reason(rawValue: try json.requiredText("revocation")) else {
            throw JSONMismatch(path: "revocation", expected: "a reason", found: "another text")
        }
        revocation = GrantRevocation(reason: reason, time: revoked.double ?? 0)
    }

    package var json: JSON {
        .members(
            ("id", .string(id)),
            ("client", .string(client.id)),
            ("client_name", .string(client.name)),
            ("client_origin", .string(client.origin)),
            ("subject", .string(subject)),
            ("owner", .blob(owner)),
            ("scopes", .strings(scopes)),
            ("resource", .string(resource)),
            ("created", .double(created)),
            ("end", .double(end)),
            ("idle_end", .double(idleEnd)),
            ("box", .blob(box)),
            ("refresh", refresh?.json),
            ("last_issue", lastIssue.map { .double($0) }),
            ("revoked", revocation.map { .double($0.time) }),
            ("revocation", revocation.map { .string($0.reason.rawValue) })
        )
    }
}

extension RefreshState: StoredRecord {
    package init(stored json: JSON) throws(JSONMismatch) {
        generation = try json.required("generation", \.int, "a whole number")
        hash = try json.blob("hash")
        end = try json.time("end")
        key = try WrappedKey(stored: json)
        successorKeySet = try json.requiredText("successor_key_set")
        if let former = json["former"] {
            self.former = Former(
                hash: try former.blob("hash"),
                replaced: try former.time("replaced"),
                repeats: try former.required("repeats", \.int, "a whole number")
            )
        }
    }

    package var json: JSON {
        let former: JSON? = former.map { former in
            .members(
                ("hash", .blob(former.hash)),
                ("replaced", .double(former.replaced)),
                ("repeats", .int(former.repeats))
            )
        }
        return .members(
            ("generation", .int(generation)),
            ("hash", .blob(hash)),
            ("end", .double(end)),
            ("key_set", .string(key.keySet)),
            ("key", .blob(key.bytes)),
            ("successor_key_set", .string(successorKeySet)),
            ("former", former)
        )
    }
}

extension WrappedKey {
    fileprivate init(stored json: JSON) throws(JSONMismatch) {
        keySet = try json.requiredText("key_set")
        bytes = try json.blob("key")
    }
}

extension AccessRecord: StoredRecord {
    package init(stored json: JSON) throws(JSONMismatch) {
        grant = try json.requiredText("grant")
        scopes = try json.texts("scopes")
        end = try json.time("end")
        key = try WrappedKey(stored: json)
    }

    package var json: JSON {
        .members(
            ("grant", .string(grant)),
            ("scopes", .strings(scopes)),
            ("end", .double(end)),
            ("key_set", .string(key.keySet)),
            ("key", .blob(key.bytes))
        )
    }
}

extension CodeRecord: StoredRecord {
    package init(stored json: JSON) throws(JSONMismatch) {
        grant = try json.requiredText("grant")
        client = try json.requiredText("client")
        redirectURI = try json.requiredText("redirect_uri")
        challenge = try json.requiredText("challenge")
        resource = try json.requiredText("resource")
        mayRefresh = try json.required("may_refresh", \.bool, "true or false")
        end = try json.time("end")
        key = try WrappedKey(stored: json)
        failures = try json.required("failures", \.int, "a whole number")
        used = json["used"]?.double
    }

    package var json: JSON {
        .members(
            ("grant", .string(grant)),
            ("client", .string(client)),
            ("redirect_uri", .string(redirectURI)),
            ("challenge", .string(challenge)),
            ("resource", .string(resource)),
            ("may_refresh", .bool(mayRefresh)),
            ("end", .double(end)),
            ("key_set", .string(key.keySet)),
            ("key", .blob(key.bytes)),
            ("failures", .int(failures)),
            ("used", used.map { .double($0) })
        )
    }
}

extension TransactionRecord: StoredRecord {
    package init(stored json: JSON) throws(JSONMismatch) {
        self.init(
            id: try json.requiredText("id"),
            address: try json.requiredText("address"),
            end: try json.time("end"),
            content: try json.blob("content")
        )
    }

    package var json: JSON {
        .members(
            ("id", .string(id)),
            ("address", .string(address)),
            ("end", .double(end)),
            ("content", .blob(content))
        )
    }
}

extension JSON {
    static func blob(_ bytes: [UInt8]) -> JSON { .string(Base64.encoded(bytes, .urlSafe)) }

    fileprivate func requiredText(_ name: String) throws(JSONMismatch) -> String {
        try required(name, \.string, "a text")
    }

    fileprivate func time(_ name: String) throws(JSONMismatch) -> Double { try required(name, \.double, "a number") }

    fileprivate func blob(_ name: String) throws(JSONMismatch) -> [UInt8] {
        try required(name, { $0.string.flatMap { Base64.decoded($0) } }, "bytes in Base64")
    }

    fileprivate func texts(_ name: String) throws(JSONMismatch) -> [String] {
        let items = try required(name, \.array, "a list")
        let texts = items.compactMap { $0.string }
        guard texts.count == items.count else { throw JSONMismatch(path: name, expected: "texts", found: "others") }
        return texts
    }
}
