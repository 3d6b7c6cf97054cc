package import Logging
import Text

/// The address of an MCP server: an absolute `http` or `https` URL, used as it is written.
package struct RemoteAddress: Hashable, SettingValue {
    package static let expectation = WebAddress.expectation
    /// A wrong one may hold a password, and a query may hold a key.
    package static let isRepeatable = false

    /// With its path, slashes and query as they were written.
    package let text: String
    package let isEncrypted: Bool
    /// Whether it is on this machine.
    package let isLoopback: Bool
    package let port: Int

    package init?(setting text: String) {
        guard let address = WebAddress(setting: Self.withoutQuery(text)), !text.contains("#"), text.isPrintable else {
            return nil
        }
        self.text = text
        isEncrypted = address.isEncrypted
        isLoopback = address.isLoopback
        port = address.port
    }

    package static func fault(in text: String) -> String? {
        if text.contains("#") { return "end before the `#`" }
        return WebAddress.fault(in: withoutQuery(text))
    }

    private static func withoutQuery(_ text: String) -> String { String(text.prefix { $0 != "?" }) }

    /// Without its query.
    package var shown: String { Self.withoutQuery(text) }
}

/// A number of seconds, perhaps with a fraction.
package struct Seconds: Hashable, SettingValue {
    package static let expectation = "a number of seconds from 0.1 to 86400"

    package let number: Double

    package init(_ number: Double) { self.number = number }

    package init?(setting text: String) {
        guard let number = Double(text), (0.1...86_400).contains(number) else { return nil }
        self.number = number
    }

    package var shown: String { number.shown }
}

/// The way to all addresses of a server behind its host: empty, or `/api/github`.
package struct BasePath: Hashable, SettingValue {
    package static let expectation = "a path that begins with / and ends without one, such as /api/github"

    package let text: String

    private init(_ text: String) { self.text = text }

    package static let none = BasePath("")

    package init?(setting text: String) {
        var path = text[...]
        while path.hasSuffix("/") { path = path.dropLast() }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        guard !text.hasPrefix("//"), path.isEmpty || path.first == "/" && parts.allSatisfy(Self.isPart) else {
            return nil
        }
        self.text = String(path)
    }

    private static func isPart(_ part: Substring) -> Bool {
        !part.isEmpty && part != "." && part != ".."
            && part.utf8.allSatisfy { byte in
                switch UInt8(ascii: "a")...UInt8(ascii: "z") {
                case let letters where letters.contains(byte | 0x20): true
                default: "0123456789-._~".utf8.contains(byte)
                }
            }
    }

    package var shown: String { text }
}

/// Which arguments are filled from which header fields: `argument=Header,…`.
package struct ArgumentFields: Hashable, SettingValue {
    package struct Pair: Hashable, Sendable {
        package let argument: String
        package let field: String
    }

    package static let expectation = "pairs of argument=Header, separated by commas"

    package let pairs: [Pair]

    package init?(setting text: String) {
        let parts = text.split(separator: ",").map { $0.trimmed }.filter { !$0.isEmpty }
        pairs = parts.compactMap { part in
            guard let sign = part.firstIndex(of: "="), sign > part.startIndex else { return nil }
            guard let field = HeaderToken(setting: String(part[part.index(after: sign)...].trimmed)) else { return nil }
            return field.text.isEmpty ? nil : Pair(argument: String(part[..<sign].trimmed), field: field.text)
        }
        guard !pairs.isEmpty, pairs.count == parts.count else { return nil }
    }

    package var shown: String { pairs.map { "\($0.argument)=\($0.field)" }.joined(separator: ",") }
}

/// The revisions that are spoken with a remote server: found out, or one kind.
package enum RemoteEra: String, CaseIterable, SettingValue {
    case auto, modern, handshake
}

/// Where a caller's token is looked for besides `Authorization`.
package enum CallerTokenSource: String, CaseIterable, SettingValue {
    case header, cookie
}

/// How a token that the Keycloak broker keeps is renewed.
package enum BrokerRefresh: String, CaseIterable, SettingValue {
    case oidc, broker
}

/// A name and a value that go to the other side as they are: a header field, or a variable of a child.
package struct NamedSecret: Hashable, Sendable {
    package let name: String
    package let value: Secret

    package init(name: String, value: Secret) {
        self.name = name
        self.value = value
    }
}

/// The names of header fields, as variables have them.
package enum HeaderFieldName {
    /// Always in capitals; `KEY` only behind `API`.
    private static let acronyms: Set<String> = ["API", "MCP", "ID", "URL", "URI", "UUID", "IP", "JWT"]

    /// `X_API_KEY` is `X-API-KEY`, `X_CUSTOM_VALUE` is `X-Custom-Value`, and two underscores are one that stays.
    package static func spelled(_ variable: String) -> String {
        var (parts, part) = ([String](), "")
        var rest = variable.uppercased()[...]
        while let character = rest.popFirst() {
            if character == "_", rest.first != "_" {
                parts.append(part)
                part = ""
            } else {
                part.append(character)
                if character == "_" { rest.removeFirst() }
            }
        }
        parts.append(part)
        return zip([""] + parts, parts).map { before, part in
            if acronyms.contains(part) || part == "KEY" && before == "API" { return part }
            return part.split(separator: "_", omittingEmptySubsequences: false)
                .map { $0.prefix(1) + $0.dropFirst().lowercased() }.joined(separator: "_")
        }.joined(separator: "-")
    }
}
