#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The end of a file to which others add lines, and which they may rotate, replace or empty at any time.
package struct FollowedFile {
    package private(set) var path: String
    private var file: OpenedLog?
    /// Behind which nothing was read.
    private var offset = 0
    /// A line whose end has not come.
    private var rest: [UInt8] = []
    /// Whether more was added than one reading takes, so that the next one need not be waited for.
    package private(set) var hasMore = false

    /// Of what is read at a time, and of a line that is kept until its end comes.
    private static let longest = 1 << 20

    /// What is in the file now is not new.
    package init(_ path: String) {
        self.path = path
        file = OpenedLog(path)
        offset = file?.size ?? 0
    }

    /// The last lines of a file, and of `older` ones where it has too few; nil where none can be read.
    package static func lastLines(_ count: Int, of path: String, older: [String] = []) -> [String]? {
        guard let file = OpenedLog(path) else { return nil }
        var lines = file.lastLines(count)
        for path in older where lines.count < count {
            lines = (OpenedLog(path)?.lastLines(count - lines.count) ?? []) + lines
        }
        return lines
    }

    /// Since when the file is as it is, in seconds since 1970; nil where there is no file.
    package static func modified(_ path: String) -> Double? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        #if canImport(Glibc)
        return Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
        #else
        return Double(status.st_mtimespec.tv_sec) + Double(status.st_mtimespec.tv_nsec) / 1e9
        #endif
    }

    /// The lines that were added since the last time, in the file that is at `path` now.
    ///
    /// What was added to the one before comes first. A reading takes about a MiB; the next ones give the rest.
    package mutating func newLines(at path: String) -> [String] {
        var lines = takeLines()
        if hasMore { return lines }
        guard let now = OpenedLog(path) else { return lines }
        if let file, file.identity == now.identity {
            guard now.size < offset else { return lines }
            // It was emptied.
            offset = 0
        } else {
            lines += takeLines()
            if hasMore { return lines }
            if !rest.isEmpty { lines.append(String(decoding: rest, as: UTF8.self)) }
            (file, offset) = (now, 0)
        }
        self.path = path
        rest = []
        return lines + takeLines()
    }

    /// Of the end of a file; the first is left out where its start `isCut` off, unless it is all there is.
    ///
    /// There may be nothing: others can empty the file between the look at its size and the reading.
    static func lines(of end: [UInt8], isCut: Bool) -> ArraySlice<ArraySlice<UInt8>> {
        var lines = end.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
        if lines.last?.isEmpty == true { lines.removeLast() }
        if isCut && lines.count > 1 { lines.removeFirst() }
        return lines
    }

    private mutating func takeLines() -> [String] {
        guard let file else { return [] }
        let bytes = file.bytes(from: offset, atMost: Self.longest)
        offset += bytes.count
        hasMore = bytes.count == Self.longest
        var parts = (rest + bytes).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        // What never ends is given in pieces.
        rest = parts.last.map { $0.count < Self.longest } == true ? Array(parts.removeLast()) : []
        return parts.map { String(decoding: $0, as: UTF8.self) }
    }
}

/// A log file of whomever, opened to be read.
private final class OpenedLog {
    struct Identity: Equatable {
        let file: ino_t
        let device: dev_t
    }

    private let descriptor: Int32
    let identity: Identity

    /// How much of a file is looked at for its last lines.
    private static let mostBytes = 1 << 20
    private static let chunk = 1 << 16

    init?(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
        identity = Identity(file: status.st_ino, device: status.st_dev)
    }

    deinit { close(descriptor) }

    var size: Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    /// To the end or to `limit`, as far as that can be read.
    func bytes(from start: Int, atMost limit: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: Self.chunk)
        while bytes.count < limit {
            let count = pread(
                descriptor,
                &buffer,
                min(buffer.count, limit - bytes.count),
                off_t(start + bytes.count)
            )
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return bytes
    }

    func lastLines(_ count: Int) -> [String] {
        let start = max(size - Self.mostBytes, 0)
        let end = bytes(from: start, atMost: Self.mostBytes)
        return FollowedFile.lines(of: end, isCut: start > 0).suffix(count).map { String(decoding: $0, as: UTF8.self) }
    }
}
