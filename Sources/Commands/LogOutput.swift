import Files
import Logging
import Settings
import Synchronization
import Text

/// Where lines of the log go: to standard error, and to a file where one is set.
final class LogOutput: Sendable {
    private let file: RotatingFile?
    private let format: LogFormat
    /// Whether the file has taken the last line.
    private let isWritable = Atomic(true)

    init(_ settings: ServerSettings) {
        format = settings.logFormat
        file = settings.logFile.map { RotatingFile($0.path, limit: $0.maxBytes, keeping: $0.kept) }
    }

    @Sendable func write(_ line: String) {
        StandardError.write(line)
        guard let file else { return }
        do throws(FileError) {
            try file.write(VisibleText.shown(line))
            isWritable.store(true, ordering: .relaxed)
        } catch {
            // Once, not with every line; and the file is tried again with each.
            if isWritable.exchange(false, ordering: .relaxed) { warn(of: error) }
        }
    }

    private func warn(of error: FileError) {
        Log(.warning, format: format) { StandardError.write($0) }
            .warning("the log is on standard error only: \(error.description). \(error.remedy ?? Self.remedy)")
    }

    static let remedy = "Let LOG_FILE name a file in a directory of this user."
}
