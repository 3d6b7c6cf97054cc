import JSON
import Text

/// What was sent or came back, for the log: without what its name makes a secret, and no longer than 4 KiB.
enum LoggedBody {
    static let limit = 4096

    static func excerpt(_ json: JSON) -> String {
        let text = redacted(json).text
        return text.utf8.count <= limit ? text : String(decoding: text.utf8.prefix(limit), as: UTF8.self) + "…"
    }

    static func redacted(_ json: JSON) -> JSON {
        switch json {
        case .array(let items): .array(items.map { redacted($0) })
        case .object(let object):
            .object(
                JSONObject(object.members.map { .init($0.name, isSecret($0.name) ? "••••" : redacted($0.value)) })
            )
        case .string(let text):
            // A body of its own inside a text is looked into, too.
            if let inner = try? JSON(parsing: text), inner.object != nil || inner.array != nil {
                .string(redacted(inner).text)
            } else {
                .string(withoutBearer(text))
            }
        default: json
        }
    }

    /// The text without what follows the word Bearer (RFC 6750 §2.1), wherever it stands.
    private static func withoutBearer(_ text: String) -> String {
        guard text.lowercased().holds("bearer ") else { return text }
        var isToken = false
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map { word -> String in
            let wasToken = isToken
            isToken = word.lowercased().hasSuffix("bearer") || wasToken && word.isEmpty
            return wasToken && !word.isEmpty ? "••••" : String(word)
        }
        return words.joined(separator: " ")
    }

    private static func isSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        if ["authorization", "proxy-authorization", "cookie", "set-cookie"].contains(name) { return true }
        // That of progress is no secret.
        guard name != "progresstoken" else { return false }
        let words = ["token", "secret", "key", "password", "passwd", "pwd", "credential", "authoriz", "bearer"]
        return words.contains { name.holds($0) } || name.holds("auth") && !name.holds("author")
    }
}
