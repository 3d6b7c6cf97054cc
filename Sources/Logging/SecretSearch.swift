import Text

/// Looks for secrets in what is about to be given away, in every form in which they are written.
///
/// Stricter than what redacts: weak secrets count as well, line breaks inside a form hide nothing, and what is read out of
/// escapes and of Base64 is looked through again. So it may find what is no secret, and then nothing is given away.
package struct SecretSearch {
    private struct Wanted {
        let forms: [[UInt8]]
        let secret: Secret
    }

    private let wanted: [Wanted]
    private let finder: SecretFinder

    /// Shorter ones are in every text.
    private static let shortest = 4
    /// Forms of weak secrets that are shorter would be found in texts that have nothing to do with them.
    private static let shortestForm = 10

    package init(_ secrets: [Secret]) {
        let secrets = secrets.filter { $0.revealed.utf8.count >= Self.shortest }
        wanted = secrets.map { Wanted(forms: Self.forms(of: $0), secret: $0) }
        let redactor = Redactor()
        for secret in secrets { redactor.add(secret) }
        finder = redactor.finder
    }

    /// Whether any of them is there.
    package func finds(in bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        if finder.redacted(text, readingEscapes: true) != nil { return true }
        // Base64 and hexadecimal may be wrapped, and a log may break a line anywhere.
        let joined = bytes.filter { ![0x0A, 0x0D, 0x20, 0x09].contains($0) }
        if finder.redacted(String(decoding: joined, as: UTF8.self), readingEscapes: true) != nil { return true }
        let folded = bytes.map { $0.lowercased }
        let foldedJoined = joined.map { $0.lowercased }
        return wanted.contains { wanted in
            Self.isWord(Array(wanted.secret.revealed.utf8).map { $0.lowercased }, in: folded)
                || wanted.forms.contains { Self.holds($0, in: folded) || Self.holds($0, in: foldedJoined) }
        }
    }

    /// In small letters; the secret itself is looked for apart.
    private static func forms(of secret: Secret) -> [[UInt8]] {
        let bytes = Array(secret.revealed.utf8)
        let units = Array(secret.revealed.utf16)
        let percent = bytes.flatMap { Array("%\(hexadecimal($0))".utf8) }
        let mixed = bytes.flatMap { $0.isLetter || $0.isDigit ? [$0] : Array("%\(hexadecimal($0))".utf8) }
        let escaped = units.flatMap { Array("\\u\(hexadecimal($0))".utf8) }
        let references = units.flatMap { Array("&#\($0);".utf8) }
        let texts = [bytes, bytes.reversed(), units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }]
        let encoded = texts.flatMap { text in
            [text.flatMap { Array(hexadecimal($0).utf8) }] + base64Cores(text)
        }
        let isWeak = secret.weakness != nil
        return ([percent, mixed, escaped, references, Array(bytes.reversed())] + encoded)
            .map { form in form.map { $0.lowercased } }
            .filter { !isWeak || $0.count >= shortestForm }
    }

    /// What is the same wherever the secret stands in a longer text, in both alphabets.
    private static func base64Cores(_ bytes: [UInt8]) -> [[UInt8]] {
        (0..<3).flatMap { shift -> [[UInt8]] in
            let whole = Array(Base64.encoded([UInt8](repeating: 0, count: shift) + bytes).utf8)
            let first = (shift * 8 + 5) / 6
            let last = (shift + bytes.count) * 8 / 6
            guard last - first >= 5 else { return [] }
            let core = Array(whole[first..<last])
            let other = core.map { byte -> UInt8 in
                switch byte {
                case UInt8(ascii: "+"): UInt8(ascii: "-")
                case UInt8(ascii: "/"): UInt8(ascii: "_")
                default: byte
                }
            }
            return core == other ? [core] : [core, other]
        }
    }

    private static func hexadecimal<Number: FixedWidthInteger>(_ number: Number) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: Number.bitWidth / 4 - text.utf8.count) + text
    }

    private static func holds(_ form: [UInt8], in text: [UInt8]) -> Bool { places(of: form, in: text) { _ in true } }

    /// Whether it stands there, for a weak one as a word of its own.
    private static func isWord(_ secret: [UInt8], in text: [UInt8]) -> Bool {
        let isWeak = Secret(String(decoding: secret, as: UTF8.self)).weakness != nil
        let isPart = { (place: Int) in
            text.indices.contains(place) && (text[place].isLetter || text[place].isDigit)
        }
        return places(of: secret, in: text) { place in
            !isWeak || !isPart(place - 1) && !isPart(place + secret.count)
        }
    }

    private static func places(of form: [UInt8], in text: [UInt8], _ counts: (Int) -> Bool) -> Bool {
        guard let first = form.first, text.count >= form.count else { return false }
        for place in 0...(text.count - form.count) where text[place] == first {
            if text[place..<place + form.count].elementsEqual(form), counts(place) { return true }
        }
        return false
    }
}
