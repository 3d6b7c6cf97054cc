/// Finds many byte strings in one pass that looks at a fraction of the bytes (after Wu and Manber).
///
/// A window as long as the shortest needle moves over the text. The last two bytes in it tell how far it may jump,
/// because they stand that far from the window's end in any needle; only where they could end a needle's beginning is
/// anything compared.
package struct SecretFinder: Sendable {
    private let needles: [[UInt8]]
    private let window: Int
    private let jumps: [UInt8]
    private let candidates: [UInt16: [Int]]

    init(_ needles: [[UInt8]]) {
        // The longest first, so that a form that holds another is struck whole.
        self.needles = needles.sorted { $0.count > $1.count }
        window = min(self.needles.last?.count ?? 0, 255)
        var jumps = [UInt8](repeating: UInt8(max(window - 1, 0)), count: needles.isEmpty ? 0 : 1 << 12)
        var candidates: [UInt16: [Int]] = [:]
        for (number, needle) in self.needles.enumerated() {
            for end in 1..<window {
                let key = Self.key(needle[end - 1], needle[end])
                jumps[Int(key)] = min(jumps[Int(key)], UInt8(window - 1 - end))
            }
            candidates[Self.key(needle[window - 2], needle[window - 1]), default: []].append(number)
        }
        self.jumps = jumps
        self.candidates = candidates
    }

    /// The text without what was found; nil when that is nothing.
    package func struck(_ text: String) -> String? {
        guard !needles.isEmpty, text.utf8.count >= window else { return nil }
        var text = text
        return text.withUTF8 { struck($0) }.map { String(decoding: $0, as: UTF8.self) }
    }

    func struck(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        let hits = ranges(in: bytes)
        guard !hits.isEmpty else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var copied = 0
        for hit in hits {
            result += bytes[copied..<hit.lowerBound]
            result += "••••".utf8
            copied = hit.upperBound
        }
        return result + bytes[copied...]
    }

    /// Where needles stand; those that touch or overlap are one range.
    func ranges(in bytes: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        guard !needles.isEmpty, bytes.count >= window else { return ranges }
        jumps.withUnsafeBufferPointer { jumps in
            var last = window - 1
            while last < bytes.count {
                let key = Self.key(bytes[last - 1], bytes[last])
                let jump = Int(jumps[Int(key)])
                if jump == 0, let hit = needle(key, at: last - window + 1, in: bytes) {
                    if let previous = ranges.last, hit.lowerBound <= previous.upperBound {
                        ranges[ranges.count - 1] = previous.lowerBound..<max(previous.upperBound, hit.upperBound)
                    } else {
                        ranges.append(hit)
                    }
                }
                last += max(jump, 1)
            }
        }
        return ranges
    }

    private func needle(_ key: UInt16, at start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
        candidates[key]?.lazy
            .map { needles[$0] }
            .first { $0.count <= bytes.count - start && bytes[start..<(start + $0.count)].elementsEqual($0) }
            .map { start..<(start + $0.count) }
    }

    private static func key(_ first: UInt8, _ second: UInt8) -> UInt16 {
        (UInt16(first) << 5 ^ UInt16(second)) & 0xFFF
    }
}
