import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A file to which lines are added, and which is rotated when it is full.
///
/// It becomes `name.1`, what was `name.1` becomes `name.2`, and the last one goes. Several processes may write the same
/// file, and another program may rotate it, as logrotate does: a line goes to the file that has the name.
package final class RotatingFile: Sendable {
    package let path: String
    private let limit: Int
    private let kept: Int
    private let state = Mutex(State())

    private struct State {
        var file: OpenFile?
        /// Whether a line may have been cut off by a full disk.
        var isTorn = false
    }

    /// `path` begins at the root; a file of `limit` bytes is rotated, and the last `kept` of those are kept.
    package init(_ path: String, limit: Int, keeping kept: Int) {
        self.path = path
        self.limit = limit
        self.kept = kept
    }

    /// Adds a line, which has no line end yet.
    package func write(_ line: String) throws(FileError) {
        let bytes = Array(line.utf8) + [UInt8(ascii: "\n")]
        try state.withLock { state throws(FileError) in
            let file = try current(state.file, for: bytes.count)
            state.file = file
            let isWritten = file.write(state.isTorn ? [UInt8(ascii: "\n")] + bytes : bytes)
            state.isTorn = !isWritten
            guard isWritten else { throw FileError("write", path) }
        }
    }

    /// Opens the file where that has not been done, and makes it if it is missing.
    package func open() throws(FileError) {
        try state.withLock { state throws(FileError) in state.file = try current(state.file, for: 0) }
    }

    private func current(_ open: OpenFile?, for count: Int) throws(FileError) -> OpenFile {
        let file: OpenFile
        if let open, open.isCurrent { file = open } else { file = try OpenFile(path) }
        guard file.size > 0, file.size + count > limit else { return file }
        return try file.rotated(keeping: kept, ifBeyond: limit - count) ?? file
    }
}

/// One file of this user, open for what is added at its end.
private final class OpenFile: Sendable {
    private let directory: PrivateDirectory
    private let name: String
    private let descriptor: Int32
    private let identity: (file: ino_t, device: dev_t)

    convenience init(_ path: String) throws(FileError) {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let directory = try PrivateDirectory(slash == path.startIndex ? "/" : String(path[..<slash]), others: .look)
        try self.init(directory, String(path[slash...].dropFirst()), mode: 0o600)
    }

    /// `mode` is for a file that is made.
    private init(_ directory: PrivateDirectory, _ name: String, mode: mode_t) throws(FileError) {
        let flags = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
        let descriptor = openat(directory.descriptor, name, flags, mode)
        guard descriptor >= 0 else { throw FileError("open", "\(directory.path)/\(name)") }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(),
            status.st_mode & 0o022 == 0
        else {
            close(descriptor)
            throw directory.foreign(name)
        }
        (self.directory, self.name, self.descriptor) = (directory, name, descriptor)
        identity = (status.st_ino, status.st_dev)
    }

    deinit { close(descriptor) }

    /// Whether the file of this name is still this one.
    var isCurrent: Bool {
        var named = stat()
        return fstatat(directory.descriptor, name, &named, AT_SYMLINK_NOFOLLOW) == 0
            && named.st_ino == identity.file && named.st_dev == identity.device
    }

    var size: Int { Int(status.st_size) }

    private var status: stat {
        var status = stat()
        fstat(descriptor, &status)
        return status
    }

    func write(_ bytes: [UInt8]) -> Bool { PrivateDirectory.write(bytes, to: descriptor) }

    /// The file that takes its place; nil while another process is about it.
    func rotated(keeping kept: Int, ifBeyond limit: Int) throws(FileError) -> OpenFile? {
        guard let lock = try directory.lock(name + ".lock") else { return nil }
        defer { withExtendedLifetime(lock) {} }
        // Another process may have done it a moment ago.
        let mode = status.st_mode & 0o777
        guard isCurrent, size > limit else { return try OpenFile(directory, name, mode: mode) }
        for number in stride(from: kept - 1, through: 1, by: -1) {
            renameat(directory.descriptor, "\(name).\(number)", directory.descriptor, "\(name).\(number + 1)")
        }
        if kept == 0 { directory.remove(name) } else { try directory.rename(name, to: name + ".1") }
        return try OpenFile(directory, name, mode: mode)
    }
}
