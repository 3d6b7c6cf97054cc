extension StringProtocol {
    /// The text without white space and line breaks at both ends.
    package var trimmed: String {
        var rest = self[...]
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }
}

extension String {
    /// As for every text; but most have nothing to trim, and two bytes show it.
    package var trimmed: String {
        if let first = utf8.first, let last = utf8.last, first.isPlain && last.isPlain { return self }
        return self[...].trimmed
    }
}

extension UInt8 {
    fileprivate var isPlain: Bool { self > 0x20 && self < 0x7F }
}
