import Synchronization
import Text

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Descriptor 2, written a whole line at a time.
///
/// A client may start a server and never read what it logs. Once the pipe is full, lines are dropped and counted, since
/// a server that waited to be read would stop answering.
package enum StandardError {
    private static let dropped = Atomic(0)
    private static let patience: Int32 = 100

    package static func write(_ line: String) {
        let count = dropped.load(ordering: .relaxed)
        let gap = count == 0 ? "" : "warning: \(count) log lines dropped, as stderr was not read in time\n"
        switch Stream.write("", gap + line, "\n", to: 2, milliseconds: count == 0 ? patience : 0) {
        case .late: dropped.add(1, ordering: .relaxed)
        // Where it is refused there is no one left to report to.
        case .whole, .refused: dropped.subtract(count, ordering: .relaxed)
        }
    }
}

/// A colour in which a terminal shows a mark.
package enum TerminalTint: Int, Sendable {
    case red = 31
    case green = 32
    case yellow = 33
    case grey = 90
}

/// A line that begins with a mark, which alone is coloured.
package struct StyledLine: Hashable, Sendable {
    package let mark: String
    /// Nil for no colour.
    package let tint: TerminalTint?
    package let rest: String

    package init(mark: String, tint: TerminalTint?, rest: String) {
        self.mark = mark
        self.tint = tint
        self.rest = rest
    }

    /// The same with other words behind the mark.
    package init(_ line: StyledLine, rest: String) { self.init(mark: line.mark, tint: line.tint, rest: rest) }
}

/// Descriptor 1, for commands that a person reads; the server's own words go through its transport.
package enum StandardOutput {
    private static let refusal = Atomic<Int32>(0)

    package static var isTerminal: Bool { isatty(1) == 1 }

    /// `before` and `after` are written as they are; of the line, what a terminal would obey is made visible.
    package static func write(_ line: String, after: StaticString = "\n", before: StaticString = "") {
        keep(Stream.write("\(before)", line, "\(after)", to: 1))
    }

    package static func write(_ line: StyledLine) {
        let mark = VisibleText.shown(line.mark)
        let tinted = line.tint.map { "\u{1B}[\($0.rawValue)m\(mark)\u{1B}[0m" } ?? mark
        keep(Stream.write(tinted, line.rest, "\n", to: 1))
    }

    private static func keep(_ ending: Stream.Ending) {
        if case .refused(let reason) = ending { refusal.store(reason, ordering: .relaxed) }
    }

    /// Why not everything was taken, such as a full disk; nil when all was, or when the reader left before the end.
    package static var failure: String? {
        let reason = refusal.load(ordering: .relaxed)
        return reason == 0 || reason == EPIPE ? nil : String(cString: strerror(reason))
    }
}

enum Stream {
    enum Ending {
        case whole
        /// The reader made no room for the rest in time.
        case late
        /// By the system, with its error number.
        case refused(Int32)
    }

    /// Makes visible what a terminal would obey, and waits for room up to `milliseconds`; negative is no limit.
    static func write(
        _ before: String,
        _ line: String,
        _ after: String,
        to descriptor: Int32,
        milliseconds: Int32 = -1
    ) -> Ending {
        StatusLine.clear()
        return put(before + VisibleText.shown(line) + after, to: descriptor, milliseconds: milliseconds)
    }

    /// Writes it as it is, to standard error unless another is named.
    @discardableResult
    static func put(_ text: String, to descriptor: Int32 = 2, milliseconds: Int32 = -1) -> Ending {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            guard isWritable(descriptor, milliseconds) else { return .late }
            let written = bytes.withUnsafeBytes { buffer in
                // What a pipe takes without a wait, when it takes anything.
                let count = min(buffer.count, Int(PIPE_BUF))
                #if canImport(Glibc)
                return Glibc.write(descriptor, buffer.baseAddress, count)
                #else
                return Darwin.write(descriptor, buffer.baseAddress, count)
                #endif
            }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { return .refused(errno) }
            bytes = bytes.dropFirst(written)
        }
        return .whole
    }

    private static func isWritable(_ descriptor: Int32, _ milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&entry, 1, milliseconds) != 0
    }
}
