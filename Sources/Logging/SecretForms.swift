import Text

/// The ways in which a secret is written when it travels.
enum SecretForms {
    /// Text shorter than this is not struck: it would hit ordinary words.
    static let shortest = 6

    static func of(_ secret: String) -> [[UInt8]] {
        guard secret.utf8.count >= shortest else { return [] }
        let percent = PercentEncoding.encoded(secret)
        let texts = [
            secret, percent, lowercaseEscapes(percent), jsonEscaped(secret), slashEscaped(secret), html(secret),
        ]
        let forms = texts.map { Array($0.utf8) } + base64Cores(secret)
        return Array(Set(forms)).filter { $0.count >= shortest }
    }

    /// What Base64 makes of the secret wherever it stands in a longer text: its bytes can begin at each of three places
    /// in a group, and the characters it shares with its neighbours are left out.
    private static func base64Cores(_ secret: String) -> [[UInt8]] {
        [Base64.Alphabet.standard, .urlSafe].flatMap { alphabet in
            (0..<3).map { offset in
                let bytes = [UInt8](repeating: 0, count: offset) + secret.utf8
                let whole = bytes.count * 8 / 6
                return Array(Array(Base64.encoded(bytes, alphabet).utf8)[[0, 2, 3][offset]..<whole])
            }
        }
    }

    /// `%2F` as `%2f`.
    private static func lowercaseEscapes(_ text: String) -> String {
        var escaped = 0
        return text.reduce(into: "") { result, character in
            result += escaped > 0 ? character.lowercased() : String(character)
            escaped = character == "%" ? 2 : max(escaped - 1, 0)
        }
    }

    private static func jsonEscaped(_ text: String) -> String {
        text.reduce(into: "") { $0 += $1 == "\"" || $1 == "\\" ? "\\\($1)" : String($1) }
    }

    private static func html(_ text: String) -> String {
        let names: [Character: String] = ["&": "amp", "<": "lt", ">": "gt", "\"": "quot", "'": "#39"]
        return text.reduce(into: "") { $0 += names[$1].map { "&\($0);" } ?? String($1) }
    }

    private static func slashEscaped(_ text: String) -> String {
        jsonEscaped(text).reduce(into: "") { $0 += $1 == "/" ? "\\/" : String($1) }
    }
}
