/// The bytes are not JSON: where, and what was found there.
package struct JSONSyntaxError: Error, Hashable, CustomStringConvertible {
    /// Bytes from the start, from 0.
    package let offset: Int
    /// From 1; lines end at `\n`.
    package let line: Int
    /// Bytes from the start of the line, from 1.
    package let column: Int
    package let problem: String
    /// Whether it may be JSON, but more of it than was to be read.
    package let isOverLimit: Bool

    init(_ problem: String, at offset: Int, in bytes: UnsafeBufferPointer<UInt8>, isOverLimit: Bool = false) {
        let before = bytes[..<min(offset, bytes.count)]
        self.problem = problem
        self.isOverLimit = isOverLimit
        self.offset = offset
        line = before.count { $0 == UInt8(ascii: "\n") } + 1
        column = offset - (before.lastIndex(of: UInt8(ascii: "\n")) ?? -1)
    }

    package var description: String { "\(problem) at line \(line), column \(column)" }
}
