/// Which trace something belongs to, and which span: what crosses from one process to the next (W3C Trace Context).
package struct TraceContext: Hashable, Sendable {
    package struct TraceID: Hashable, Sendable {
        let high: UInt64
        let low: UInt64

        /// 32 hexadecimal digits.
        package var text: String { high.digits + low.digits }
    }

    package let traceID: TraceID
    let spanID: UInt64
    package let isSampled: Bool

    init(_ traceID: TraceID, span: UInt64, isSampled: Bool) {
        self.traceID = traceID
        spanID = span
        self.isSampled = isSampled
    }

    /// `00-<32 digits>-<16 digits>-<2 digits>`, behind which later versions may say more (§3.2); nil for anything else.
    package init?(traceparent text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard text.utf8.count <= 512, parts.count >= 4, parts[0].utf8.count == 2, parts[3].utf8.count == 2,
            let version = UInt64(digits: parts[0]), version != 0xFF, version > 0 || parts.count == 4,
            parts[1].utf8.count == 32, let high = UInt64(digits: parts[1].prefix(16)),
            let low = UInt64(digits: parts[1].suffix(16)), high != 0 || low != 0,
            parts[2].utf8.count == 16, let span = UInt64(digits: parts[2]), span != 0,
            let flags = UInt64(digits: parts[3])
        else { return nil }
        self.init(TraceID(high: high, low: low), span: span, isSampled: flags & 1 == 1)
    }

    static func newTraceID() -> TraceID { TraceID(high: .random(in: 1...(.max)), low: .random(in: 1...(.max))) }
    static func newSpanID() -> UInt64 { .random(in: 1...(.max)) }

    /// 16 hexadecimal digits.
    package var spanText: String { spanID.digits }
}

extension UInt64 {
    /// Of small hexadecimal digits alone.
    fileprivate init?(digits: Substring) {
        let isPlain = digits.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
        }
        guard isPlain, let value = UInt64(digits, radix: 16) else { return nil }
        self = value
    }

    /// All sixteen hexadecimal digits.
    var digits: String {
        let text = String(self, radix: 16)
        return String(repeating: "0", count: 16 - text.utf8.count) + text
    }
}
