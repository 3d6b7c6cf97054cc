import JSONRPC

extension FuzzTarget {
    /// Lines are the same wherever the input is cut, and the same as a plain reading of the rules gives.
    static let framing = FuzzTarget("framing") { bytes in
        var dice = Dice(bytes)
        let limit = Int(dice.byte() % 32)
        let sizes = (0..<8).map { _ in Int(dice.byte() % 16) }
        let input = Array(dice.rest)
        let whole = lines(of: input, limit: limit, sizes: [input.count])
        try hold(lines(of: input, limit: limit, sizes: sizes) == whole, "Truncator in pieces, the lines are others.")
        try hold(plainly(input, limit: limit) == whole, "The lines are not what the rules say.")
    }

    /// The input in chunks of `sizes`, over and over; a zero makes an empty chunk.
    private static func lines(of input: [UInt8], limit: Int, sizes: [Int]) -> [LineFramer.Line] {
        var framer = LineFramer(limit: limit)
        var lines: [LineFramer.Line] = []
        let sizes = sizes.contains { $0 > 0 } ? sizes : [1]
        var start = 0
        var turn = 0
        while start < input.count {
            let end = min(start + sizes[turn % sizes.count], input.count)
            input[start..<end].withUnsafeBufferPointer { chunk in framer.append(chunk) { lines.append($0) } }
            (start, turn) = (end, turn + 1)
        }
        framer.end { lines.append($0) }
        return lines
    }

    private static func plainly(_ input: [UInt8], limit: Int) -> [LineFramer.Line] {
        let lines = input.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return lines.compactMap { line in
            var line = line
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            if line.count > limit {
                let kept = LineFramer.kept
                return .tooLong(start: Array(line.prefix(kept.start)), end: Array(line.suffix(kept.end)))
            }
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
            let isBlank = line.allSatisfy { [0x20, 0x09, 0x0D].contains($0) }
            return isBlank ? nil : .text(Array(line))
        }
    }
}
