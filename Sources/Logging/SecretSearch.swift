import Text

/// Looks for secrets in what is about to be given away, in every form in which they are written.
///
/// Stricter than what redacts: weak secrets count as well, line breaks and signs inside a form hide nothing, what is read
/// out of escapes is looked through again, and what was encoded twice is known. So it may find what is no secret, and then
/// nothing is given away.
package struct SecretSearch {
    private let secrets: [[UInt8]]
    private let forms: EncodedForms
    private let finder: SecretFinder

    /// Shorter ones are in every text.
    private static let shortest = 4

    package init(_ secrets: [Secret]) {
        let secrets = secrets.filter { $0.revealed.utf8.count >= Self.shortest }
        self.secrets = secrets.map { $0.revealed.utf8.map { $0.lowercased } }
        forms = EncodedForms(of: secrets)
        let redactor = Redactor()
        for secret in secrets { redactor.add(secret) }
        finder = redactor.finder
    }

    /// Whether any of them is there.
    package func finds(in bytes: [UInt8]) -> Bool {
        let printed = Self.readingQuotedPrintable(bytes)
        // Base64 and hexadecimal may be wrapped, and a log may break a line anywhere.
        let joined = bytes.filter { ![0x0A, 0x0D, 0x20, 0x09].contains($0) }
        return [bytes, printed, joined].contains { text in
            finder.redacted(String(decoding: text, as: UTF8.self), readingEscapes: true) != nil || forms.occur(in: text)
        } || [bytes, printed].contains { holdsWord($0) } || forms.occur(in: Self.withoutSigns(joined))
    }

    /// Without what stands between the digits of `6d:4f`, `6d-4f`, `0x6d, 0x4f` and `\x6d\x4f`.
    private static func withoutSigns(_ text: [UInt8]) -> [UInt8] {
        var (rest, before) = ([UInt8](), UInt8(0))
        rest.reserveCapacity(text.count)
        for byte in text {
            if byte.lowercased == UInt8(ascii: "x"), before == UInt8(ascii: "0") { rest.removeLast() }
            if !":-,.;_\\x\"'[]".utf8.contains(byte.lowercased) { rest.append(byte) }
            before = byte
        }
        return rest
    }

    /// `=2D` is a byte, and a `=` at the end of a line joins it with the next (RFC 2045).
    private static func readingQuotedPrintable(_ text: [UInt8]) -> [UInt8] {
        guard text.contains(UInt8(ascii: "=")) else { return text }
        var (result, place) = ([UInt8](), 0)
        while place < text.count {
            let rest = text[place...].dropFirst()
            if text[place] != UInt8(ascii: "=") {
                result.append(text[place])
                place += 1
            } else if let byte = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16), rest.count > 1 {
                result.append(byte)
                place += 3
            } else {
                place += rest.starts(with: [0x0D, 0x0A]) ? 3 : rest.first == 0x0A ? 2 : 1
            }
        }
        return result
    }

    /// Whether one stands there itself, a weak one as a word of its own.
    private func holdsWord(_ text: [UInt8]) -> Bool {
        let folded = text.map { $0.lowercased }
        return secrets.contains { Self.isWord($0, in: folded) }
    }

    private static func isWord(_ secret: [UInt8], in text: [UInt8]) -> Bool {
        let isWeak = Secret(String(decoding: secret, as: UTF8.self)).weakness != nil
        let isPart = { (place: Int) in
            text.indices.contains(place) && (text[place].isLetter || text[place].isDigit)
        }
        guard let first = secret.first, text.count >= secret.count else { return false }
        for place in 0...(text.count - secret.count) where text[place] == first {
            guard text[place..<place + secret.count].elementsEqual(secret) else { continue }
            if !isWeak || !isPart(place - 1) && !isPart(place + secret.count) { return true }
        }
        return false
    }
}

/// All ways in which secrets are encoded once or twice, to be looked for in one pass.
private struct EncodedForms {
    /// In small letters, by their first bytes.
    private var forms: [UInt64: [[UInt8]]] = [:]

    private static let head = 8
    /// Forms of weak secrets that are shorter would be found in texts that have nothing to do with them.
    private static let shortestOfWeak = 10

    init(of secrets: [Secret]) {
        for secret in secrets {
            let least = secret.weakness == nil ? Self.head : Self.shortestOfWeak
            for form in Self.forms(of: secret) where form.count >= least { add(form.map { $0.lowercased }) }
        }
    }

    private mutating func add(_ form: [UInt8]) {
        let window = form.prefix(Self.head).reduce(0) { $0 << 8 | UInt64($1) }
        if forms[window]?.contains(form) != true { forms[window, default: []].append(form) }
    }

    /// In capital and small letters alike.
    func occur(in text: [UInt8]) -> Bool {
        guard !forms.isEmpty else { return false }
        let text = text.map { $0.lowercased }
        var window: UInt64 = 0
        for place in text.indices {
            window = window << 8 | UInt64(text[place])
            let start = place + 1 - Self.head
            guard start >= 0, let known = forms[window] else { continue }
            if known.contains(where: { text[start...].starts(with: $0) }) { return true }
        }
        return false
    }

    private static func forms(of secret: Secret) -> [[UInt8]] {
        let bytes = Array(secret.revealed.utf8)
        let units = Array(secret.revealed.utf16)
        let percent = bytes.flatMap { Array("%\([$0].hexadecimal)".utf8) }
        let mixed = bytes.flatMap { $0.isLetter || $0.isDigit ? [$0] : Array("%\([$0].hexadecimal)".utf8) }
        let escaped = units.flatMap { unit in
            Array("\\u\([UInt8(unit >> 8), UInt8(unit & 0xFF)].hexadecimal)".utf8)
        }
        let references = units.flatMap { Array("&#\($0);".utf8) }
        let texts = [bytes, bytes.reversed(), units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }]
        return [percent, mixed, escaped, references, Array(bytes.reversed())] + texts.flatMap { encoded($0) }
            + encoded(bytes).flatMap { encoded($0) }
    }

    /// In hexadecimal, and what is the same in Base64 and Base32 wherever the text stands in a longer one.
    private static func encoded(_ bytes: [UInt8]) -> [[UInt8]] {
        let digits = Array(bytes.hexadecimal.utf8)
        let capitals = digits.map { $0.isLetter ? $0 & ~0x20 : $0 }
        return [digits, capitals] + base64.flatMap { cores(of: bytes, bits: 6, $0) } + cores(of: bytes, bits: 5, base32)
    }

    private static let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    private static let base64 = ["+/", "-_"].map { Array("\(letters)\(letters.lowercased())0123456789\($0)".utf8) }
    private static let base32 = Array("\(letters)234567".utf8)

    /// For each place in a group at which the bytes can begin, the signs that they share with no neighbour.
    private static func cores(of bytes: [UInt8], bits: Int, _ alphabet: [UInt8]) -> [[UInt8]] {
        (0..<(bits == 6 ? 3 : 5)).map { shift in
            // Bits before the bytes: what is left of a sign when its neighbour has had its part.
            let skipped = (bits - shift * 8 % bits) % bits
            var (core, word, count) = ([UInt8](), 0, -skipped)
            for byte in bytes {
                word = (word << 8 | Int(byte)) & 0xFFFF
                count += 8
                while count >= bits {
                    count -= bits
                    core.append(alphabet[word >> count & (1 << bits - 1)])
                }
            }
            return core
        }
    }
}
