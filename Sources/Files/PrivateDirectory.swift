#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A directory of this user, and the few things done in it.
///
/// Nothing here follows a symbolic link. What belongs to another user or is open to others is refused, and a directory
/// that exists is never changed: only what is made here is closed to others.
package final class PrivateDirectory: Sendable {
    /// What others may do in a directory that is still used.
    package enum Others: Sendable {
        case nothing
        /// Read it, but not change it.
        case look
        /// Anything: it is only read here, and nothing is made or changed in it.
        case anything
    }

    package let path: String
    let descriptor: Int32
    /// Whether a file in it must be this user's alone to be read.
    let isStrict: Bool

    /// Makes the directory and those above it where they are missing.
    package convenience init(_ path: String, others: Others = .nothing) throws(FileError) {
        try Self.create(path)
        guard let opened = try Self.opened(path, others) else { throw FileError("open", path) }
        self.init(path, opened, isStrict: true)
    }

    /// Nil when there is no such directory; nothing is made.
    package convenience init?(existing path: String, others: Others) throws(FileError) {
        guard let opened = try Self.opened(path, others) else { return nil }
        self.init(path, opened, isStrict: others != .anything)
    }

    private init(_ path: String, _ descriptor: Int32, isStrict: Bool) {
        self.path = path
        self.descriptor = descriptor
        self.isStrict = isStrict
    }

    deinit { close(descriptor) }

    private static func opened(_ path: String, _ others: Others) throws(FileError) -> Int32? {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw FileError("open", path)
        }
        if others == .anything { return descriptor }
        var status = stat()
        guard fstat(descriptor, &status) == 0, let obstacle = obstacle(status, path, others) else { return descriptor }
        close(descriptor)
        throw obstacle
    }

    private static func obstacle(_ status: stat, _ path: String, _ others: Others) -> FileError? {
        if status.st_uid != geteuid() { return FileError("\(path) belongs to another user") }
        let mode = UInt32(status.st_mode)
        guard mode & (others == .look ? 0o022 : 0o077) != 0 else { return nil }
        // A directory for all users, such as the one for temporary files, must stay as it is.
        if mode & UInt32(S_ISVTX) != 0 { return FileError("\(path) is a directory that users share") }
        let verb = others == .look ? "changed" : "entered"
        return FileError(
            "\(path) can be \(verb) by other users (mode \(String(mode & 0o777, radix: 8)))",
            remedy: "If it is for oe-mcp alone, run `chmod \(others == .look ? "go-w" : "700") '\(path)'`."
        )
    }

    private static func create(_ path: String) throws(FileError) {
        if try made(path) { return }
        let parent = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
        guard !parent.isEmpty else { throw FileError("create", path) }
        try create(String(parent))
        guard try made(path) else { throw FileError("create", path) }
    }

    /// False when the directory above it is missing.
    private static func made(_ path: String) throws(FileError) -> Bool {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return true }
        guard errno == ENOENT else { throw FileError("create", path) }
        return false
    }

    /// Whether there is anything of that name.
    package func holds(_ name: String) -> Bool {
        var status = stat()
        return fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0
    }

    /// The names of all there is in it, in no order.
    package func names() throws(FileError) -> [String] {
        let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let listing = fdopendir(copy) else { throw FileError("list", path) }
        defer { closedir(listing) }
        var names: [String] = []
        while let entry = readdir(listing) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    package func rename(_ name: String, to other: String) throws(FileError) {
        guard renameat(descriptor, name, descriptor, other) == 0 else { throw FileError("rename", "\(path)/\(name)") }
        try sync()
    }

    package func remove(_ name: String) { unlinkat(descriptor, name, 0) }

    /// Sees to it that the names in it are on the disk.
    func sync() throws(FileError) {
        guard fsync(descriptor) == 0 else { throw FileError("write", path) }
    }

    /// Nil when another process, or another part of this one, holds the lock.
    package func lock(_ name: String) throws(FileError) -> FileLock? {
        let file = openat(descriptor, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw FileError("open", "\(path)/\(name)") }
        let lock = FileLock(file)
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            if errno == EWOULDBLOCK || errno == EINTR { return nil }
            throw FileError("lock", "\(path)/\(name)")
        }
        // The file may have been swept away between opening and locking: a lock on it would exclude no one.
        var held = stat()
        var present = stat()
        guard fstat(file, &held) == 0, fstatat(descriptor, name, &present, AT_SYMLINK_NOFOLLOW) == 0,
            held.st_ino == present.st_ino, held.st_dev == present.st_dev
        else { return nil }
        return lock
    }
}

/// A lock that ends when this value goes, and with the process at the latest.
package final class FileLock: Sendable {
    private let descriptor: Int32

    fileprivate init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }
}

/// A file or directory could not be used: why, and what to do where that is known.
package struct FileError: Error, Hashable, CustomStringConvertible {
    package let description: String
    package let remedy: String?

    package init(_ description: String, remedy: String? = nil) {
        self.description = description
        self.remedy = remedy
    }

    /// With the system's word for what just went wrong.
    init(_ verb: String, _ path: String) {
        self.init("cannot \(verb) \(path): \(String(cString: strerror(errno)))")
    }
}
