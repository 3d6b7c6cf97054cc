#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A file that others change, too, as it was at one moment, to be replaced in one step if it has not changed: that of another
/// program, or one that a person edits.
///
/// Links lead to the file itself, which stays where it is. What is no regular file of this user, or may not be written, is
/// refused and left as it is: no mode is changed and nothing is removed to get there.
package struct ForeignFile: Sendable {
    /// What is done on the way to the new file, one after the other.
    package enum Step: CaseIterable, Sendable { case folder, temporary, written, synced, compared, renamed, done }

    package static let sizeLimit = 1 << 24

    /// As it was named.
    package let path: String
    /// Behind all links.
    package let realPath: String
    /// Nil where there is no file yet.
    package let bytes: [UInt8]?
    /// How many of the folders above it are missing.
    package let missingFolders: Int
    private let status: stat?

    package init(_ path: String) throws(FileError) {
        self.path = path
        realPath = Self.canonical(try Self.resolved(path))
        status = Self.status(of: realPath)
        guard let status else {
            bytes = nil
            missingFolders = try Self.checkFolder(of: realPath)
            return
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw FileError("\(path) is not a regular file", remedy: "Move it away if it is not needed, and try again.")
        }
        guard status.st_uid == geteuid() else {
            throw FileError("\(path) belongs to another user", remedy: "Run the command as that user.")
        }
        // Root could write to what is marked as read-only, too.
        guard status.st_mode & S_IWUSR != 0, access(realPath, W_OK) == 0 else {
            throw FileError("\(path) is read-only", remedy: "Make it writable if it is to be changed, and try again.")
        }
        missingFolders = try Self.checkFolder(of: realPath)
        bytes = try Self.contents(realPath)
    }

    /// What is in a file that is only read, no matter who may write it; nil for no file.
    package static func bytes(at path: String, limit: Int = sizeLimit) throws(FileError) -> [UInt8]? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw FileError("examine", path)
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw FileError("\(path) is not a regular file") }
        return try contents(canonical(try resolved(path)), limit: limit)
    }

    /// Follows links by hand, eight at most.
    private static func resolved(_ path: String) throws(FileError) -> String {
        var place = path
        for hop in 0...8 {
            var status = stat()
            guard lstat(place, &status) == 0 else {
                guard errno == ENOENT || errno == ENOTDIR else { throw FileError("examine", place) }
                if hop == 0 { return place }
                throw FileError(
                    "\(path) is a link to \(place), where there is no file",
                    remedy: "Make that file or remove the link, and try again."
                )
            }
            guard status.st_mode & S_IFMT == S_IFLNK else { return place }
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
            let count = readlink(place, &buffer, buffer.count)
            guard count > 0 else { throw FileError("read the link", place) }
            let target = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
            place = target.first == "/" ? target : "\(folder(of: place))/\(target)"
        }
        throw FileError("\(path) is a link that leads nowhere", remedy: "Remove the link and try again.")
    }

    /// One path for one file, as far as its folders are there.
    private static func canonical(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), let real = realpath(folder(of: path), nil) else { return path }
        defer { free(real) }
        let folder = String(cString: real)
        return (folder == "/" ? "" : folder) + path[slash...]
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func status(of path: String) -> stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }

    /// A folder that is missing can be made where the next one above it may be written; how many are missing.
    private static func checkFolder(of path: String) throws(FileError) -> Int {
        var folder = folder(of: path)
        var status = stat()
        var missing = 0
        while stat(folder, &status) != 0, errno == ENOENT, folder != "/", folder != "." {
            folder = self.folder(of: folder)
            missing += 1
        }
        guard stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw FileError("\(folder) is not a folder", remedy: "Move it away if it is not needed, and try again.")
        }
        guard status.st_mode & S_IWUSR != 0 || status.st_uid != geteuid(), access(folder, W_OK | X_OK) == 0 else {
            throw FileError("\(folder) is read-only", remedy: "Make it writable, or install by hand.")
        }
        return missing
    }

    private static func contents(_ path: String, limit: Int = sizeLimit) throws(FileError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { throw FileError("open", path) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(file, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw FileError("read", path) }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= limit else { throw FileError("\(path) is larger than \(limit >> 20) MiB") }
        }
    }

    /// Whether the file is still the one that was looked at, with the same bytes.
    package var isCurrent: Bool {
        guard (try? Self.resolved(path)).map({ Self.canonical($0) }) == realPath else { return false }
        guard let now = Self.status(of: realPath) else { return status == nil }
        guard let status, now.st_ino == status.st_ino, now.st_dev == status.st_dev, now.st_size == status.st_size else {
            return false
        }
        return (try? Self.contents(realPath)) == bytes
    }

    /// Whether no other user may do anything with the file.
    package var isPrivate: Bool { status.map { $0.st_mode & 0o077 == 0 } ?? false }

    /// Puts these bytes in place of the file, or makes it; false when it has changed meanwhile, and then nothing is done.
    ///
    /// A reader sees the old bytes or the new ones, and so does who looks after a crash. Mode, owner and group stay; a new
    /// file is for this user alone, and with `isPrivate` any. `step` is called before each, and stops it by throwing.
    package func replace(
        with new: [UInt8],
        isPrivate: Bool = false,
        _ step: (Step) throws(FileError) -> Void = { (_) throws(FileError) in }
    ) throws(FileError) -> Bool {
        try step(.folder)
        let folder = Self.folder(of: realPath)
        try Self.make(folder)
        try step(.temporary)
        let temporary = "\(folder)/.\(name).oe-\(String(UInt64.random(in: 0...(.max)), radix: 16)).new"
        var isRenamed = false
        defer { if !isRenamed { unlink(temporary) } }
        try write(new, to: temporary, isPrivate: isPrivate, step)
        try step(.compared)
        guard isCurrent else { return false }
        try step(.renamed)
        guard rename(temporary, realPath) == 0 else { throw FileError("write", realPath) }
        isRenamed = true
        try Self.sync(folder)
        try step(.done)
        return true
    }

    private var name: Substring {
        realPath[(realPath.lastIndex(of: "/").map { realPath.index(after: $0) } ?? realPath.startIndex)...]
    }

    /// Removes what a process that was killed has left next to the file; only for who holds the turn to change it.
    package func removeLeftovers() {
        let folder = Self.folder(of: realPath)
        guard let listing = opendir(folder) else { return }
        defer { closedir(listing) }
        while let entry = readdir(listing) {
            let found = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if found.hasPrefix(".\(name).oe-"), found.hasSuffix(".new") { unlink("\(folder)/\(found)") }
        }
    }

    private func write(
        _ new: [UInt8],
        to temporary: String,
        isPrivate: Bool,
        _ step: (Step) throws(FileError) -> Void
    ) throws(FileError) {
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw FileError("create", temporary) }
        defer { close(file) }
        try step(.written)
        guard PrivateDirectory.write(new, to: file) else { throw FileError("write", temporary) }
        if let status, !isPrivate {
            // The group is kept where that is allowed; the mode is not widened where it is not.
            let isKept = status.st_gid == getegid() || fchown(file, uid_t.max, status.st_gid) == 0
            guard fchmod(file, status.st_mode & (isKept ? 0o7777 : 0o7700)) == 0 else {
                throw FileError("write", temporary)
            }
        }
        try step(.synced)
        guard fsync(file) == 0 else { throw FileError("write", temporary) }
    }

    /// Removes the file; false when it has changed meanwhile, and then nothing is done.
    ///
    /// A link goes, and what it leads to stays. Of the folders above it so many go, too, as far as they are empty.
    package func remove(folders: Int = 0) throws(FileError) -> Bool {
        guard isCurrent else { return false }
        var status = stat()
        let isLink = lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
        let own = isLink ? path : realPath
        guard unlink(own) == 0 else { throw FileError("remove", own) }
        var folder = Self.folder(of: own)
        try Self.sync(folder)
        for _ in 0..<folders {
            guard rmdir(folder) == 0 else { break }
            folder = Self.folder(of: folder)
        }
        return true
    }

    /// Removes a link that leads to no file; false where no such link is there.
    package static func removeDeadLink(at path: String) throws(FileError) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK, stat(path, &status) != 0 else {
            return false
        }
        guard unlink(path) == 0 else { throw FileError("remove", path) }
        return true
    }

    private static func make(_ folder: String) throws(FileError) {
        if mkdir(folder, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, folder != "/" else { throw FileError("create", folder) }
        try make(Self.folder(of: folder))
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw FileError("create", folder) }
    }

    private static func sync(_ folder: String) throws(FileError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open", folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw FileError("write", folder) }
    }
}
