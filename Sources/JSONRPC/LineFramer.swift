/// Chunks of bytes in, whole lines out: no clock, no descriptor.
///
/// `\r\n` ends a line as `\n` does, a byte order mark before a line is dropped, blank lines are skipped. A line over the
/// limit is let go as it comes, never held, and reported once it ends.
package struct LineFramer: Sendable {
    package enum Line: Hashable, Sendable {
        case text([UInt8])
        /// With what may show which message it was.
        case tooLong(start: [UInt8], end: [UInt8])
    }

    private let limit: Int
    private var carried: [UInt8] = []
    private var isSkipping = false
    private var start: [UInt8] = []
    private var end: [UInt8] = []

    /// How much of a line is kept that is not read.
    package static let kept = (start: 4096, end: 512)

    /// `limit` is in bytes, without the line's end.
    package init(limit: Int) { self.limit = limit }

    /// Calls `line` for each line that `chunk` completes.
    package mutating func append(_ chunk: UnsafeBufferPointer<UInt8>, _ line: (Line) -> Void) {
        var rest = chunk[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            finish(rest[..<end], line)
            rest = rest[(end + 1)...]
        }
        carry(rest)
    }

    /// A last line that nothing ended counts as well.
    package mutating func end(_ line: (Line) -> Void) {
        finish([UInt8]()[...].withUnsafeBufferPointer { $0[...] }, line)
    }

    private mutating func finish(_ tail: Slice<UnsafeBufferPointer<UInt8>>, _ line: (Line) -> Void) {
        carry(tail)
        if carried.last == UInt8(ascii: "\r") { carried.removeLast() }
        if !isSkipping, carried.count > limit { skip([UInt8]()[...]) }
        if isSkipping { line(skipped) } else { emit(line) }
        carried.removeAll(keepingCapacity: carried.capacity <= 1 << 20)
        (isSkipping, start, end) = (false, [], [])
    }

    private mutating func emit(_ line: (Line) -> Void) {
        if carried.first == 0xEF, carried.starts(with: [0xEF, 0xBB, 0xBF]) { carried.removeFirst(3) }
        guard carried.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { return }
        line(.text(carried))
    }

    private mutating func carry(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) {
        guard !isSkipping else { return keep(bytes) }
        // One byte more for a `\r` that is not part of the line.
        if carried.count + bytes.count > limit + 1 {
            skip(bytes)
        } else {
            carried.append(contentsOf: bytes)
        }
    }

    private mutating func skip(_ bytes: some RandomAccessCollection<UInt8>) {
        isSkipping = true
        keep(carried)
        keep(bytes)
        carried.removeAll()
    }

    /// One byte more of each, which may be a `\r` that is not part of the line.
    private mutating func keep(_ bytes: some RandomAccessCollection<UInt8>) {
        start += bytes.prefix(Self.kept.start + 1 - start.count)
        end += bytes.suffix(Self.kept.end + 1)
        if end.count > Self.kept.end + 1 { end.removeFirst(end.count - Self.kept.end - 1) }
    }

    private var skipped: Line {
        var (start, end) = (start, end)
        if start.count <= Self.kept.start, start.last == UInt8(ascii: "\r") { start.removeLast() }
        if end.last == UInt8(ascii: "\r") { end.removeLast() }
        return .tooLong(start: Array(start.prefix(Self.kept.start)), end: Array(end.suffix(Self.kept.end)))
    }
}
