import Encodings
import Synchronization

/// The secrets that are live in this process, and the striking of them from whatever is about to leave it.
package final class Redactor: Sendable {
    private let needles = Mutex<[[UInt8]]>([])

    package init() {}

    /// Text shorter than this is not struck: it would hit ordinary words.
    private static let shortest = 6

    /// From now on `secret` is struck, in the encodings in which it travels.
    package func add(_ secret: Secret) {
        let forms = Self.forms(of: secret.revealed).filter { $0.utf8.count >= Self.shortest }
        needles.withLock { needles in
            for form in forms.map({ Array($0.utf8) }) where !needles.contains(form) { needles.append(form) }
            // The longest first, so that a form that holds another is struck whole.
            needles.sort { $0.count > $1.count }
        }
    }

    /// As it is, percent-encoded, and in Base64 of both alphabets with and without padding.
    private static func forms(of secret: String) -> [String] {
        let standard = Base64.encoded(secret.utf8)
        return [
            secret, PercentEncoding.encoded(secret), standard, String(standard.prefix { $0 != "=" }),
            Base64.encoded(secret.utf8, .urlSafe),
        ]
    }

    package func struck(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let result = struck(bytes)
        return result == bytes ? text : String(decoding: result, as: UTF8.self)
    }

    package func struck(_ bytes: [UInt8]) -> [UInt8] {
        needles.withLock { $0 }.reduce(bytes) { Self.replacing($1, in: $0) }
    }

    private static func replacing(_ needle: [UInt8], in bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var copied = 0
        var from = 0
        while let hit = index(of: needle, in: bytes, from: from) {
            result += bytes[copied..<hit]
            result += "••••".utf8
            copied = hit + needle.count
            from = copied
        }
        return copied == 0 ? bytes : result + bytes[copied...]
    }

    private static func index(of needle: [UInt8], in bytes: [UInt8], from: Int) -> Int? {
        guard bytes.count >= needle.count, from <= bytes.count - needle.count else { return nil }
        return (from...(bytes.count - needle.count)).first { start in
            bytes[start] == needle[0] && bytes[start..<(start + needle.count)].elementsEqual(needle)
        }
    }
}
