import HTTP
import Text

/// The address of a client's metadata document, which is the client's id (OAuth Client ID Metadata Document, §3).
///
/// It is taken as it is written or not at all; nothing of it is repaired.
package struct ClientDocumentID: Hashable, Sendable {
    package static let prefix = "https://"
    private static let longest = 512

    package let text: String
    package let host: String

    package init?(_ text: String) {
        guard text.hasPrefix(Self.prefix), text.utf8.count <= Self.longest,
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            !text.utf8.contains(UInt8(ascii: "#")), let url = URLText(text), url.path != "/"
        else { return nil }
        let authority = text.dropFirst(Self.prefix.count).prefix { $0 != "/" && $0 != "?" }
        guard Self.isName(authority), !url.path.split(separator: "/").contains(where: Self.isDotSegment) else {
            return nil
        }
        self.text = text
        host = String(authority)
    }

    /// Without a user name, a port or an address in numbers.
    private static func isName(_ text: Substring) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count > 1 || text == "localhost", labels.allSatisfy({ !$0.isEmpty && $0.utf8.count < 64 }) else {
            return false
        }
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."): true
            default: false
            }
        }
        return isPlain && labels.last?.utf8.allSatisfy { (0x30...0x39).contains($0) } == false
    }

    private static func isDotSegment(_ segment: Substring) -> Bool {
        let plain = segment.lowercased().replacing(every: "%2e", with: ".")
        return plain == "." || plain == ".."
    }
}
