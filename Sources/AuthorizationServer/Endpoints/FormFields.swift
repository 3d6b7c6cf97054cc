package import HTTP
import Text

/// The pairs of a query or of a form, read strictly (the URL Standard, application/x-www-form-urlencoded).
package struct FormFields: Hashable, Sendable {
    private var values: [String: String] = [:]
    /// Names that came more than once.
    package private(set) var repeated: Set<String> = []

    private static let most = 64

    /// Nil for broken escapes, what is not ASCII or stands for no UTF-8, and more pairs than anyone sends.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        let pairs = text.utf8.isEmpty ? [] : text.split(separator: "&", maxSplits: Self.most)
        guard pairs.count <= Self.most else { return nil }
        for pair in pairs {
            let sign = pair.firstIndex(of: "=") ?? pair.endIndex
            guard let name = Self.decoded(String(pair[..<sign])),
                let value = Self.decoded(String(pair[sign...].dropFirst()))
            else { return nil }
            if let earlier = values.updateValue(value, forKey: name), earlier != value || name != Self.repeatable {
                repeated.insert(name)
            }
        }
    }

    /// RFC 8707 §2 lets a client name several resources; the same one twice is one.
    private static let repeatable = "resource"

    /// Nil where it is missing or empty (RFC 6749 §3.1).
    package subscript(_ name: String) -> String? {
        guard let value = values[name], !value.isEmpty else { return nil }
        return value
    }

    private static func decoded(_ text: String) -> String? {
        let spaced = text.utf8.contains(UInt8(ascii: "+")) ? text.replacing(every: "+", with: " ") : text
        guard let decoded = PercentEncoding.decoded(spaced), !decoded.utf8.contains(0) else { return nil }
        return decoded
    }
}

extension FormFields {
    /// The fields of a body; nil for another type, more than one, an encoding, or what cannot be read.
    package init?(body: [UInt8], _ fields: HTTPFields) {
        let types = fields.values("Content-Type")
        guard types.count == 1, let type = types.first, Self.isForm(type), fields["Content-Encoding"] == nil,
            let text = String(validating: body, as: UTF8.self)
        else { return nil }
        self.init(text)
    }

    /// With no parameter but a charset of UTF-8.
    private static func isForm(_ type: String) -> Bool {
        let parts = type.lowercased().split(separator: ";", omittingEmptySubsequences: false).map { $0.trimmed }
        guard parts.first == "application/x-www-form-urlencoded", parts.count <= 2 else { return false }
        return parts.count == 1 || ["", "charset=utf-8", "charset=\"utf-8\""].contains(parts[1])
    }
}
