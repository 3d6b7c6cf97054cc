import MCPClient

extension FuzzTarget {
    /// Events are the same wherever the stream is cut, and none is longer than the limit.
    static let eventStream = FuzzTarget("event-stream") { bytes in
        var dice = Dice(bytes)
        let limit = Int(dice.byte() % 64) + 1
        let sizes = (0..<4).map { _ in Int(dice.byte() % 16) + 1 }
        let input = Array(dice.rest)
        let (whole, isTooLong) = events(of: input, limit: limit, sizes: [max(input.count, 1)])
        let (pieces, isAlsoTooLong) = events(of: input, limit: limit, sizes: sizes)
        try hold(pieces.elementsEqual(whole.prefix(pieces.count)), "In pieces, the events are others.")
        try hold(isTooLong || isAlsoTooLong || pieces == whole, "In pieces, there are fewer events.")
        try hold(whole.allSatisfy { $0.data.count <= limit }, "An event is longer than the limit.")
    }

    private static func events(of input: [UInt8], limit: Int, sizes: [Int]) -> ([SSEParser.Event], isTooLong: Bool) {
        var parser = SSEParser(limit: limit)
        var events: [SSEParser.Event] = []
        var (start, turn) = (0, 0)
        while start < input.count {
            let end = min(start + sizes[turn % sizes.count], input.count)
            input[start..<end].withUnsafeBytes { events += parser.append($0) }
            (start, turn) = (end, turn + 1)
        }
        return (events, parser.isTooLong)
    }
}
