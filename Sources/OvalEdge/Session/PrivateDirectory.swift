#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A directory that only this user may enter, and the few things done in it.
///
/// Nothing here follows a symbolic link, and what belongs to somebody else or is open to others is not believed.
final class PrivateDirectory: Sendable {
    let path: String
    private let descriptor: Int32

    /// Creates the directory and those above it where they are missing.
    init(_ path: String) throws(FileTrouble) {
        self.path = path
        try Self.create(path)
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileTrouble("open", path) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileTrouble("examine", path) }
        guard status.st_uid == geteuid() else { throw FileTrouble("\(path) belongs to another user") }
        guard status.st_mode & 0o777 == 0o700 || fchmod(descriptor, 0o700) == 0 else {
            throw FileTrouble("close", path)
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Nil when there is no such file, or none that can be believed.
    func contents(of name: String, limit: Int) -> [UInt8]? {
        // A pipe in place of the file must not hold the reader up.
        let file = openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        guard let size = Self.sizeOfPrivateFile(file), size <= limit else { return nil }
        var isWhole = false
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let got = read(file, buffer.baseAddress?.advanced(by: count), size - count)
                if got < 0 && errno == EINTR { continue }
                guard got > 0 else { return }
                count += got
            }
            isWhole = true
        }
        return isWhole ? bytes : nil
    }

    /// Replaces the file in one step: whoever reads it sees the old bytes or the new ones.
    ///
    /// Two writers must not do this at once.
    func replace(_ name: String, with bytes: [UInt8]) throws(FileTrouble) {
        let temporary = name + ".new"
        unlinkat(descriptor, temporary, 0)
        let file = openat(descriptor, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw FileTrouble("create", "\(path)/\(temporary)") }
        let isWritten = fchmod(file, 0o600) == 0 && Self.write(bytes, to: file)
        guard close(file) == 0, isWritten, renameat(descriptor, temporary, descriptor, name) == 0 else {
            let trouble = FileTrouble("write", "\(path)/\(name)")
            unlinkat(descriptor, temporary, 0)
            throw trouble
        }
    }

    /// Whether there is anything of that name.
    func holds(_ name: String) -> Bool {
        var status = stat()
        return fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0
    }

    /// Adds to the end of a file, which is made if it is missing, and sees to it that the bytes are on the disk.
    ///
    /// Two writers must not do this at once.
    func append(_ bytes: [UInt8], to name: String) throws(FileTrouble) {
        let file = openat(descriptor, name, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw FileTrouble("open", "\(path)/\(name)") }
        defer { close(file) }
        guard Self.sizeOfPrivateFile(file) != nil, Self.write(bytes, to: file), fsync(file) == 0 else {
            throw FileTrouble("write", "\(path)/\(name)")
        }
    }

    func rename(_ name: String, to other: String) throws(FileTrouble) {
        guard renameat(descriptor, name, descriptor, other) == 0 else { throw FileTrouble("rename", "\(path)/\(name)") }
    }

    /// Nil when another process, or another part of this one, holds the lock.
    func lock(_ name: String) throws(FileTrouble) -> FileLock? {
        let file = openat(descriptor, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw FileTrouble("open", "\(path)/\(name)") }
        let lock = FileLock(file)
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            if errno == EWOULDBLOCK || errno == EINTR { return nil }
            throw FileTrouble("lock", "\(path)/\(name)")
        }
        // Somebody may have swept the file away between opening and locking: a lock on it would exclude nobody.
        var held = stat()
        var present = stat()
        guard fstat(file, &held) == 0, fstatat(descriptor, name, &present, AT_SYMLINK_NOFOLLOW) == 0,
            held.st_ino == present.st_ino, held.st_dev == present.st_dev
        else { return nil }
        return lock
    }

    private static func create(_ path: String) throws(FileTrouble) {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        let parent = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
        guard errno == ENOENT, !parent.isEmpty else { throw FileTrouble("create", path) }
        try create(String(parent))
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw FileTrouble("create", path) }
    }

    private static func sizeOfPrivateFile(_ file: Int32) -> Int? {
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(),
            status.st_mode & 0o077 == 0
        else { return nil }
        return Int(status.st_size)
    }

    private static func write(_ bytes: [UInt8], to file: Int32) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                #if canImport(Glibc)
                let count = Glibc.write(file, buffer.baseAddress?.advanced(by: done), buffer.count - done)
                #else
                let count = Darwin.write(file, buffer.baseAddress?.advanced(by: done), buffer.count - done)
                #endif
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return false }
                done += count
            }
            return true
        }
    }
}

/// A lock that ends when this value goes, and with the process at the latest.
final class FileLock: Sendable {
    private let descriptor: Int32

    fileprivate init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }
}

/// A file or directory could not be used: why.
struct FileTrouble: Error, Hashable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// With the system's word for what just went wrong.
    fileprivate init(_ verb: String, _ path: String) {
        description = "cannot \(verb) \(path): \(String(cString: strerror(errno)))"
    }
}
