import Synchronization

/// The last lines of a log that are of concern, for a page that shows them; redacted as the log is.
package final class RecentLines: Sendable {
    package struct Line: Hashable, Sendable {
        /// In seconds since 1970.
        package let time: Double
        package let level: Log.Level
        /// As in the log.
        package let text: String
    }

    private let most: Int
    private let lines = Mutex<[Line]>([])

    package init(most: Int = 10) { self.most = most }

    /// Newest first.
    package var all: [Line] { lines.withLock { $0.reversed() } }

    func keep(_ line: Line) {
        lines.withLock { lines in
            if lines.count >= most { lines.removeFirst() }
            lines.append(line)
        }
    }
}
