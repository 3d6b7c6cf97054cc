import JSON
import Text

/// What the body of a token exchange holds, in every shape that OvalEdge is known to use.
package enum TokenReply: Hashable {
    case token(String)
    /// `success` is false; the server's reason.
    case declined(String)
    case empty
    /// An HTML page, most often a login form.
    case page
    /// Read, but there is no token in it; the names of the members that were there.
    case without(names: [String])

    package init(_ body: [UInt8]) {
        let text = String(decoding: body, as: UTF8.self).trimmed
        if text.isEmpty {
            self = .empty
        } else if text.first == "<" {
            self = .page
        } else if let json = try? JSON(reply: Array(text.utf8)) {
            self = Self(json, depth: 0)
        } else {
            self = Self(text: text, depth: 0)
        }
    }

    private static let depthLimit = 16
    private static let names = [
        "token", "access_token", "jwt", "accessToken", "bearerToken", "jwtToken", "userToken", "result", "data",
    ]

    private init(_ json: JSON, depth: Int) {
        guard depth < Self.depthLimit else {
            self = .without(names: [])
            return
        }
        switch json {
        case .string(let text): self = Self(text: text, depth: depth + 1)
        case .object(let object): self = Self(object, depth: depth + 1)
        case .array(let items) where items.count == 1: self = Self(items[0], depth: depth + 1)
        default: self = .without(names: [])
        }
    }

    private init(_ object: JSONObject, depth: Int) {
        if object["success"] == false, let reason = Self.reason(object) {
            self = .declined(reason)
            return
        }
        for value in Self.names.lazy.compactMap({ object[$0] }) {
            switch Self(value, depth: depth) {
            case .empty, .page, .without: continue
            case let found:
                self = found
                return
            }
        }
        self = .without(names: object.names.sorted())
    }

    /// Text is the token itself, or JSON once more.
    private init(text: String, depth: Int) {
        let text = text.trimmed
        if let first = text.first, "{[\"".contains(first) {
            self = (try? JSON(reply: Array(text.utf8))).map { Self($0, depth: depth) } ?? .without(names: [])
        } else {
            self = Self.bare(text).map { .token($0) } ?? (text.isEmpty ? .empty : .without(names: []))
        }
    }

    private static func reason(_ object: JSONObject) -> String? {
        ["message", "error", "error_description"].lazy
            .compactMap { object[$0] }
            .filter { $0 != .null && $0 != false && $0 != "" }
            .map { $0.string ?? $0.text }
            .first
    }

    /// The token without the scheme some servers write before it; nil for what cannot be sent in a header, and for what
    /// is no token by its looks.
    static func bare(_ text: String) -> String? {
        let text = text.trimmed
        let scheme = text.prefix { $0 != " " }
        let isPrefixed = ["bearer", "jwt"].contains(scheme.lowercased()) && scheme.endIndex != text.endIndex
        let token = isPrefixed ? text[scheme.endIndex...].trimmed : text
        let isSendable = token.utf8.count <= longest && token.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        return isSendable && isCredible(token) ? token : nil
    }

    /// More than servers take in a header.
    private static let longest = 16_384

    /// Whether it is long enough to be a token, or has the three parts of a JWT, and is neither a number nor words: a
    /// status such as `NOT_READY` is where a token should, and what is taken for one is a secret from then on.
    private static func isCredible(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isLong = text.utf8.count >= 16 || parts.count == 3 && parts.allSatisfy { !$0.isEmpty }
        let hasDigits = text.utf8.contains { $0.isDigit }
        let hasLetters = text.utf8.contains { $0.isLetter }
        return isLong && hasLetters && (hasDigits || parts.count == 3 || text.utf8.count >= 32)
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    fileprivate var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }
}
