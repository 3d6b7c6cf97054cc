/// Finds many secrets in one pass that looks at a fraction of the bytes.
///
/// Four bytes in a row are looked at, then so many are left out that no anchor fits between two looks. Only where the
/// four are in an anchor is anything compared, and around an anchor as much is taken as is like the secret.
package struct SecretFinder: Sendable {
    private struct Anchor {
        let form: Int
        let range: Range<Int>
    }

    /// Four bytes that are in an anchor, so far behind its beginning.
    private struct Candidate {
        let four: UInt32
        let anchor: Int
        let offset: Int
        /// The one before it in the same bucket; -1 for none.
        let next: Int
    }

    private let forms: [SecretForm]
    private let anchors: [Anchor]
    /// As long as the shortest anchor.
    private let window: Int
    /// A bit for each hash that four bytes of an anchor have.
    private let hashes: [UInt64]
    private let candidates: [Candidate]
    /// The last candidate of each bucket of hashes; -1 for none.
    private let buckets: [Int]
    /// Whether a secret can be there of which escapes leave no anchor.
    private let isHiddenByEscapes: Bool

    init(_ forms: [SecretForm]) {
        let anchors = forms.indices.flatMap { form in forms[form].anchors.map { Anchor(form: form, range: $0) } }
        let window = anchors.map { $0.range.count }.min() ?? 0
        var hashes = [UInt64](repeating: 0, count: anchors.isEmpty ? 0 : 1 << (Self.hashBits - 6))
        var buckets = [Int](repeating: -1, count: anchors.isEmpty ? 0 : 1 << Self.bucketBits)
        var candidates: [Candidate] = []
        candidates.reserveCapacity(anchors.count * (window - Self.look + 1))
        for (index, anchor) in anchors.enumerated() {
            forms[anchor.form].text[anchor.range].withUnsafeBytes { text in
                for offset in 0...(window - Self.look) {
                    let bytes = Self.bytes(text, offset)
                    let hash = Self.hash(bytes)
                    hashes[hash >> 6] |= 1 << UInt64(hash & 63)
                    let bucket = Self.bucket(hash)
                    candidates.append(Candidate(four: bytes, anchor: index, offset: offset, next: buckets[bucket]))
                    buckets[bucket] = candidates.count - 1
                }
            }
        }
        self.forms = forms
        self.anchors = anchors
        self.buckets = buckets
        self.window = window
        self.hashes = hashes
        self.candidates = candidates
        isHiddenByEscapes = forms.contains { $0.isHiddenByEscapes }
    }

    /// The text without what was found; nil when that is nothing.
    ///
    /// Escapes are read where something points to a secret, or in any case: texts that others may have escaped several
    /// times are short.
    package func redacted(_ text: String, readingEscapes: Bool = false) -> String? {
        guard !forms.isEmpty, text.utf8.count >= window else { return nil }
        var text = text
        return text.withUTF8 { bytes in
            readingEscapes || mayHold(bytes) ? redacted(bytes) : nil
        }
    }

    /// Whether it is worth a closer look; true for every text that holds a secret.
    package func mayHold(_ text: [UInt8]) -> Bool { text.withUnsafeBufferPointer { mayHold($0) } }

    private func mayHold(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var isFound = false
        scan(text) { _, _ in
            isFound = true
            return false
        }
        return isFound || isHiddenByEscapes && UnescapedText.isNeeded(for: text)
    }

    private func redacted(_ text: UnsafeBufferPointer<UInt8>) -> String? {
        let parts = merged(parts(of: text))
        guard !parts.isEmpty else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var copied = 0
        for part in parts {
            result += text[copied..<part.lowerBound]
            result += "••••".utf8
            copied = part.upperBound
        }
        return String(decoding: result + text[copied...], as: UTF8.self)
    }

    /// Where secrets are in the text itself, or in what it says once its escapes are read.
    private func parts(of text: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        var parts = partsAsWritten(in: text)
        var unescaped = UnescapedText(text)
        for _ in 0..<Self.depth {
            guard let reading = unescaped else { break }
            parts += reading.bytes.withUnsafeBufferPointer { partsAsWritten(in: $0) }.map { reading.place(of: $0) }
            unescaped = reading.unescaped()
        }
        return parts.map { Self.whole($0, in: text) }
    }

    /// How many times over escapes are read.
    private static let depth = 3

    private func partsAsWritten(in text: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        scan(text) { anchor, place in
            if let part = part(anchor, at: place, in: text) { parts.append(part) }
            return true
        }
        return parts
    }

    /// As much around an anchor as is like the secret; nil when that gives nothing away.
    private func part(_ anchor: Anchor, at place: Int, in text: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
        let form = forms[anchor.form]
        let before = zip(text[..<place].reversed(), form.text[..<anchor.range.lowerBound].reversed())
            .prefix { Self.isSame($0, $1) }
        let end = place + anchor.range.count
        let after = zip(text[end...], form.text[anchor.range.upperBound...]).prefix { Self.isSame($0, $1) }
        let found = anchor.range.lowerBound - before.count..<anchor.range.upperBound + after.count
        guard found.count >= form.least, form.isTelling(found) else { return nil }
        return place - before.count..<end + after.count
    }

    /// Calls `found` with every anchor and its place, until that returns false.
    private func scan(_ text: UnsafeBufferPointer<UInt8>, _ found: (Anchor, Int) -> Bool) {
        guard !forms.isEmpty else { return }
        let bytes = UnsafeRawBufferPointer(text)
        let step = window - Self.look + 1
        hashes.withUnsafeBufferPointer { hashes in
            var place = step - 1
            while place + Self.look <= bytes.count {
                let four = Self.bytes(bytes, place)
                let hash = Self.hash(four)
                if hashes[hash >> 6] & 1 << UInt64(hash & 63) != 0 {
                    var next = buckets[Self.bucket(hash)]
                    while next >= 0 {
                        let candidate = candidates[next]
                        let (anchor, start) = (anchors[candidate.anchor], place - candidate.offset)
                        if candidate.four == four, stands(anchor, at: start, in: text), !found(anchor, start) { return }
                        next = candidate.next
                    }
                }
                place += step
            }
        }
    }

    private static let look = 4
    /// With so many, hardly one in a hundred places of other text is looked up, also with several long secrets.
    private static let hashBits = 17
    private static let bucketBits = 10

    private static func bucket(_ hash: Int) -> Int { hash >> (hashBits - bucketBits) }

    /// Four of them, the same for capital and small letters.
    private static func bytes(_ text: UnsafeRawBufferPointer, _ place: Int) -> UInt32 {
        text.loadUnaligned(fromByteOffset: place, as: UInt32.self) & 0x5F5F_5F5F
    }

    private static func hash(_ four: UInt32) -> Int { Int((four &* 0x9E37_79B1) >> (32 - UInt32(hashBits))) }

    private func stands(_ anchor: Anchor, at start: Int, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        start >= 0 && anchor.range.count <= text.count - start
            && zip(text[start...], forms[anchor.form].text[anchor.range]).allSatisfy { Self.isSame($0, $1) }
    }

    private static func isSame(_ a: UInt8, _ b: UInt8) -> Bool { a.lowercased == b.lowercased }

    /// Whole characters, where the last of a part differs from the secret's only in its later bytes.
    private static func whole(_ part: Range<Int>, in text: UnsafeBufferPointer<UInt8>) -> Range<Int> {
        let start = text[...part.lowerBound].lastIndex { !$0.continuesCharacter } ?? part.lowerBound
        let end = text[part.upperBound...].firstIndex { !$0.continuesCharacter } ?? text.count
        return start..<end
    }

    /// In order; those that touch or overlap are one.
    private func merged(_ parts: [Range<Int>]) -> [Range<Int>] {
        parts.sorted { $0.lowerBound < $1.lowerBound }.reduce(into: []) { merged, part in
            if let last = merged.last, part.lowerBound <= last.upperBound {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, part.upperBound)
            } else {
                merged.append(part)
            }
        }
    }
}

extension UInt8 {
    fileprivate var continuesCharacter: Bool { self & 0xC0 == 0x80 }
}
