import Text

/// One way in which a secret is written: as it is, in hexadecimal (of UTF-8 or UTF-16) or in Base64.
///
/// Escapes are read before it is looked for.
struct SecretForm: Sendable {
    /// Looked for in capital and small letters alike, since case is changed on the way now and then.
    let text: [UInt8]
    /// As many bytes in a row are the secret, even without the rest.
    let least: Int
    /// The places by which it is found.
    let anchors: [Range<Int>]
    /// Whether it is the secret itself, parts of which may be ordinary words.
    let isPlain: Bool
    /// Whether escapes can hide it, since it has no run of characters that nothing escapes.
    let isHiddenByEscapes: Bool

    /// As many bytes in a row of a longer secret give it away.
    private static let piece = 12
    private static let mostRuns = 6
    /// Of all forms of a secret together, since each one costs time with every text.
    private static let mostAnchors = 40

    static func all(of secret: String) -> [SecretForm] {
        let bytes = Array(secret.utf8)
        let signs = [UInt8(ascii: "+"), UInt8(ascii: " ")]
        // Where a blank is written as a plus, either may have become the other.
        let isSigned = bytes.contains { signs.contains($0) }
        let written = isSigned ? signs.map { sign in bytes.map { signs.contains($0) ? sign : $0 } } : []
        let plain = different([bytes] + written)
        let encoded =
            [(text: hexadecimal(bytes), least: 2 * piece)]
            + different(utf16(secret)).map { (text: hexadecimal($0), least: 4 * piece - 2) }
            + different(base64Cores(bytes)).map { (text: $0, least: piece * 4 / 3) }
        // At least the beginning and the end of each encoded form, and for the plain ones what that leaves.
        let share = (mostAnchors - 2 * encoded.count) / plain.count
        let forms = plain.map { SecretForm(plain: $0, mostAnchors: share) }
        let rest = (mostAnchors - forms.reduce(0) { $0 + $1.anchors.count }) / encoded.count
        return forms + encoded.map { SecretForm(encoded: $0.text, least: $0.least, mostAnchors: rest) }
    }

    /// Each once, of few.
    private static func different(_ texts: [[UInt8]]) -> [[UInt8]] {
        texts.reduce(into: []) { different, text in if !different.contains(text) { different.append(text) } }
    }

    private init(plain bytes: [UInt8], mostAnchors: Int) {
        let unescaped = Self.runs(in: bytes, ofAtLeast: Secret.shortest) { $0.isNeverEscaped }
        let words = Self.runs(in: bytes, ofAtLeast: Self.piece) { $0.isLetter || $0.isDigit }
        let runs = (unescaped.prefix(Self.mostRuns) + words.prefix(Self.mostRuns)).map { $0.prefix(Self.piece) }
            .filter { !Self.isOrdinary(bytes[$0]) }
        let held = Self.distinct([bytes.indices.prefix(Self.piece)] + runs, in: bytes).prefix(mostAnchors / 2)
        text = bytes
        least = min(Self.piece, bytes.count)
        anchors = Self.distinct(held + Self.blocks(of: bytes, least, atMost: mostAnchors - held.count), in: bytes)
        isPlain = true
        isHiddenByEscapes = !anchors.contains { bytes[$0].allSatisfy { $0.isNeverEscaped } }
    }

    private init(encoded bytes: [UInt8], least: Int, mostAnchors: Int) {
        text = bytes
        self.least = min(least, bytes.count)
        let blocks = Self.blocks(of: bytes, self.least, atMost: mostAnchors)
        anchors = Self.distinct([bytes.indices.prefix(Self.piece)] + blocks, in: bytes)
        isPlain = false
        isHiddenByEscapes = false
    }

    /// Block after block and the last bytes, so that a part from anywhere holds one of them.
    ///
    /// There are gaps between them when there would be too many. One that any text may hold gives way to the nearest
    /// before it that no text does; of letters in both cases, what is found around them shows whether they are words.
    private static func blocks(of bytes: [UInt8], _ least: Int, atMost count: Int) -> [Range<Int>] {
        guard bytes.count > least else { return [] }
        let last = bytes.count - piece
        let gaps = max(1, count - 1)
        return (Array(stride(from: 0, to: last, by: max(piece, (last + gaps - 1) / gaps))) + [last])
            .compactMap { start in
                (max(0, start - piece + 1)...start).reversed().map { $0..<$0 + piece }
                    .first { !isOrdinary(bytes[$0], turns: 3) }
            }
    }

    /// Without those that say the same as one before: a secret that repeats itself would be found too often.
    private static func distinct(_ anchors: [Range<Int>], in bytes: [UInt8]) -> [Range<Int>] {
        var known: Set<UInt64> = []
        return anchors.filter { range in
            // FNV-1a: of a few short texts no two have the same by chance.
            let hash = bytes[range].reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1.lowercased)) &* 0x100_0000_01B3 }
            return known.insert(hash).inserted
        }
    }

    /// Whether a part of it can be redacted by itself.
    func isTelling(_ part: Range<Int>) -> Bool {
        !isPlain || part.count == text.count || !Self.isOrdinary(text[part])
    }

    /// Whether part of a secret could be a word, a name or a line in any text.
    private static func isOrdinary(_ part: ArraySlice<UInt8>, turns fewest: Int? = nil) -> Bool {
        let isWord = part.count < 2 * Secret.long && part.allSatisfy { $0.isLetter || " -._:/@".utf8.contains($0) }
        // Words have a capital letter here and there, and random letters at every other place.
        let turns = zip(part, part.dropFirst()).count { $0.isLetter && $1.isLetter && ($0 ^ $1) & 0x20 != 0 }
        return isWord && turns < fewest ?? part.count / 2 || part.distinctCount < Secret.fewest
    }

    /// Where all bytes are as wanted, `count` of them or more.
    private static func runs(
        in bytes: [UInt8],
        ofAtLeast count: Int,
        where isWanted: (UInt8) -> Bool
    ) -> [Range<Int>] {
        let ends = [-1] + bytes.indices.filter { !isWanted(bytes[$0]) } + [bytes.count]
        return zip(ends, ends.dropFirst()).map { $0 + 1..<$1 }.filter { $0.count >= count }
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> [UInt8] {
        var digits: [UInt8] = []
        digits.reserveCapacity(2 * bytes.count)
        for byte in bytes {
            digits.append(digit(byte >> 4))
            digits.append(digit(byte & 15))
        }
        return digits
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    /// In both orders of bytes, without the zeros at either end, so that for most secrets they are the same.
    private static func utf16(_ secret: String) -> [[UInt8]] {
        var (big, small): ([UInt8], [UInt8]) = ([], [])
        big.reserveCapacity(2 * secret.utf8.count)
        small.reserveCapacity(2 * secret.utf8.count)
        for unit in secret.utf16 {
            let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
            big.append(high)
            big.append(low)
            small.append(low)
            small.append(high)
        }
        return [big, small].map { bytes in
            let rest = bytes.first == 0 ? bytes.dropFirst() : bytes[...]
            return Array(rest.last == 0 ? rest.dropLast() : rest)
        }
    }

    /// What Base64 makes of the secret wherever it is in a longer text: its bytes can begin at each of three places
    /// in a group, and the characters it shares with its neighbours are left out.
    private static func base64Cores(_ secret: [UInt8]) -> [[UInt8]] {
        (0..<3).flatMap { offset in
            let bytes = [UInt8](repeating: 0, count: offset) + secret
            let whole = bytes.count * 8 / 6
            let standard = Array(Array(Base64.encoded(bytes).utf8)[[0, 2, 3][offset]..<whole])
            let (plus, slash) = (UInt8(ascii: "+"), UInt8(ascii: "/"))
            guard standard.contains(where: { $0 == plus || $0 == slash }) else { return [standard] }
            let urlSafe = standard.map { $0 == plus ? UInt8(ascii: "-") : $0 == slash ? UInt8(ascii: "_") : $0 }
            return [standard, urlSafe]
        }
    }
}

extension UInt8 {
    /// Whether neither an address nor JSON nor HTML escapes it.
    fileprivate var isNeverEscaped: Bool { isLetter || isDigit || "-._".utf8.contains(self) }
}
