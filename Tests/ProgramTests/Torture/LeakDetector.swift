/// Finds secrets in what a process wrote.
///
/// Eight bytes in a row are a leak, so that one that was cut in half, or that differs at its edges, is found as well.
struct LeakDetector {
    private var names: [UInt64: String] = [:]

    /// Secrets under the names by which a test reports them.
    init(_ secrets: [String: String]) {
        for (name, secret) in secrets {
            for (form, text) in SecretForm.all(of: secret) {
                Self.forEachWindow(in: text.utf8) { if names[$0] == nil { names[$0] = "\(name), \(form)" } }
            }
        }
    }

    /// Which secrets were found, and how they were written.
    func leaks(in bytes: some Sequence<UInt8>) -> Set<String> {
        var leaks: Set<String> = []
        Self.forEachWindow(in: bytes) { window in
            if let name = names[window] { leaks.insert(name) }
        }
        return leaks
    }

    private static func forEachWindow(in bytes: some Sequence<UInt8>, _ body: (UInt64) -> Void) {
        var window: UInt64 = 0
        for (index, byte) in bytes.enumerated() {
            window = window << 8 | UInt64(byte)
            if index >= 7 { body(window) }
        }
    }
}

/// The ways in which a secret may be written, made without the code that strikes them.
enum SecretForm {
    static func all(of secret: String) -> [(name: String, text: String)] {
        [
            ("plain", secret),
            ("percent-encoded", percentEncoded(secret)),
            ("percent-encoded in small letters", percentEncoded(secret, uppercase: false)),
            ("in JSON", escaped(secret, #""\"#)),
            ("in JSON with slashes escaped", escaped(secret, #""\/"#)),
            ("in Base64", base64(secret)),
            ("in Base64 behind a name", base64("u:" + secret)),
            ("in Base64 behind another name", base64("me:" + secret)),
            ("in Base64 for addresses", base64(secret).map { $0.forAddresses }.joined()),
            ("in HTML", html(secret)),
        ]
    }

    static func percentEncoded(_ text: String, uppercase: Bool = true) -> String {
        text.utf8.reduce(into: "") { result, byte in
            let character = Character(Unicode.Scalar(byte))
            let isPlain = character.isASCII && (character.isLetter || character.isNumber || "-._~".contains(character))
            let digits = String(byte, radix: 16, uppercase: uppercase)
            result += isPlain ? String(character) : (byte < 16 ? "%0" : "%") + digits
        }
    }

    private static func escaped(_ text: String, _ special: String) -> String {
        text.reduce(into: "") { $0 += special.contains($1) ? "\\\($1)" : String($1) }
    }

    private static func html(_ text: String) -> String {
        let names: [Character: String] = ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&#39;"]
        return text.reduce(into: "") { $0 += names[$1] ?? String($1) }
    }

    static func base64(_ text: String) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        let bits = text.utf8.flatMap { byte in (0..<8).map { byte >> (7 - $0) & 1 } }
        let groups = stride(from: 0, to: bits.count, by: 6).map { start in
            (0..<6).reduce(0) { $0 << 1 | (start + $1 < bits.count ? Int(bits[start + $1]) : 0) }
        }
        return String(groups.map { alphabet[$0] }) + String(repeating: "=", count: (4 - groups.count % 4) % 4)
    }
}

extension Character {
    fileprivate var forAddresses: String { self == "+" ? "-" : self == "/" ? "_" : self == "=" ? "" : String(self) }
}
