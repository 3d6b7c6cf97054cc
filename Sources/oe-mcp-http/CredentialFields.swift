import HTTP
import Logging
import OvalEdge
import Text

/// The user token and secret of a request, as its fields bring them.
enum CredentialFields: Hashable {
    /// Nothing looks like them.
    case none
    case found(Credentials)
    /// There is something that cannot be a pair; two sentences.
    case unusable(String)

    static let token = "X-OvalEdge-Token"
    static let secret = "X-OvalEdge-Secret"
    static let pair = "X-OvalEdge-Credentials"
    static let names = [token, secret, pair]
    private static let bearer = "Authorization"
    private static let aliases = ["X-API-Key", "X-Auth-Token", bearer]

    /// OvalEdge promises that no value has it inside.
    private static let separator = "::"
    private static let longest = 2048

    /// The pair in one field wins, whatever else there is; `takesAliases` says whether it may be in fields that have
    /// other uses, too, which mean it only where the separator is in them.
    init(_ fields: HTTPFields, takesAliases: Bool) {
        do throws(Fault) {
            if let text = try Self.value(of: Self.pair, in: fields) {
                self = .found(try Self.credentials(in: text, of: Self.pair))
                return
            }
            let (token, secret) = (
                try Self.value(of: Self.token, in: fields), try Self.value(of: Self.secret, in: fields)
            )
            if token != nil || secret != nil {
                self = .found(
                    Credentials(
                        userToken: try Self.part(token, Self.token),
                        userSecret: try Self.part(secret, Self.secret)
                    )
                )
                return
            }
            guard takesAliases, let (name, text) = Self.alias(in: fields) else {
                self = .none
                return
            }
            self = .found(try Self.credentials(in: text, of: name))
        } catch {
            self = .unusable(error.text)
        }
    }

    /// Whether there is anything that looks like credentials.
    static func areThere(in fields: HTTPFields, takesAliases: Bool) -> Bool {
        names.contains { fields[$0]?.trimmed.isEmpty == false } || takesAliases && alias(in: fields) != nil
    }

    private struct Fault: Error { let text: String }

    /// Nil where the field is missing or blank.
    private static func value(of name: String, in fields: HTTPFields) throws(Fault) -> String? {
        let values = fields.values(name)
        guard values.count < 2 else { throw Fault(text: "\(name) came more than once. Send it once.") }
        guard let text = values.first?.trimmed, !text.isEmpty else { return nil }
        return text
    }

    private static func alias(in fields: HTTPFields) -> (name: String, text: String)? {
        for name in aliases {
            guard var text = fields[name]?.trimmed else { continue }
            if name == bearer {
                guard text.prefix(7).lowercased() == "bearer " else { continue }
                text = text.dropFirst(7).trimmed
            }
            if text.range(ofFirst: separator) != nil { return (name, text) }
        }
        return nil
    }

    private static func credentials(in text: String, of name: String) throws(Fault) -> Credentials {
        if isPlaceholder(text) { throw placeholder(name) }
        guard let mark = text.range(ofFirst: separator) else {
            throw Fault(text: "\(name) has no `::` between user token and secret. Send <token>::<secret>.")
        }
        return Credentials(
            userToken: try part(text[..<mark.lowerBound].trimmed, name),
            userSecret: try part(text[mark.upperBound...].trimmed, name)
        )
    }

    private static func part(_ text: String?, _ name: String) throws(Fault) -> Secret {
        guard let text, !text.isEmpty else {
            throw Fault(text: "\(name) is missing or incomplete. Send both the user token and the secret.")
        }
        if isPlaceholder(text) { throw placeholder(name) }
        guard text.utf8.count <= longest || text.count <= longest else {
            throw Fault(text: "\(name) is longer than \(longest) characters. Send the value as OvalEdge made it.")
        }
        guard !holdsBlank(text) else {
            throw Fault(text: "\(name) has a blank inside. Send the value as OvalEdge made it.")
        }
        return Secret(text)
    }

    /// Every request asks: bytes say it for what is ASCII, and only other texts are looked at by character.
    private static func holdsBlank(_ text: String) -> Bool {
        if text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) { return false }
        return text.contains { $0.isWhitespace }
    }

    /// What clients leave as it is where they expand no variables.
    private static func isPlaceholder(_ text: String) -> Bool {
        ["${", "{env:", "{{"].contains { text.hasPrefix($0) }
    }

    private static func placeholder(_ name: String) -> Fault {
        Fault(
            text: """
                \(name) has a variable that was not expanded, such as ${env:NAME}. Start the client with that variable in \
                its environment, or write the value itself.
                """
        )
    }
}
