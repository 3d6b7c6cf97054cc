#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What is found at the path of a settings file.
package enum SettingsFile: Hashable, Sendable {
    case missing
    /// There is something, but it cannot be read; the reason reads on from "it", the remedy is a command that settles it.
    case unreadable(String, remedy: String? = nil)
    /// Someone else decides, or could, what it says.
    case untrusted(TrustFault)
    /// `isPrivate` is false when this user's own file can be read by the group or by others.
    case content([UInt8], isPrivate: Bool)

    package static let sizeLimit = 1 << 20

    /// Looks on the disk; only a regular file of up to one mebibyte is read, and only one that other users
    /// than this one and root could not have written.
    ///
    /// Behind a link the file itself counts. With `isSecret`, one that others can read is not read.
    package static func onDisk(_ path: String, isSecret: Bool = false) -> SettingsFile {
        // Without O_NONBLOCK a named pipe without a writer would stop the program here.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return unopened(path, errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return .unreadable("cannot be examined: \(reason(errno))") }
        guard status.st_mode & S_IFMT == S_IFREG else { return .unreadable("is not a regular file") }
        if let fault = TrustFault(file: status, at: path) { return .untrusted(fault) }
        let isOpen = status.st_mode & (S_IRGRP | S_IROTH) != 0
        let isExposed = status.st_uid == geteuid() && isOpen && !isMounted(status, path)
        // Of what root gives to a service, root decides who may read it.
        if isSecret, isExposed {
            let mode = String(status.st_mode & 0o777, radix: 8)
            return .unreadable("can be read by other users (mode \(mode))", remedy: "chmod 600 \(Shell.quoted(path))")
        }
        guard let bytes = bytes(of: descriptor) else { return .unreadable("cannot be read: \(reason(errno))") }
        guard bytes.count <= sizeLimit else { return .unreadable("is larger than \(sizeLimit / 1024) KiB") }
        return .content(bytes, isPrivate: !isExposed)
    }

    private static func unopened(_ path: String, _ code: Int32) -> SettingsFile {
        guard code == ENOENT || code == ENOTDIR else { return .unreadable("cannot be opened: \(reason(code))") }
        var target = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &target, target.count)
        guard count > 0 else { return .missing }
        let text = String(decoding: target[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return .unreadable("is a link to \(text), where there is no file")
    }

    /// Whether it is root's, in a folder that Kubernetes fills: a link `..data` leads to what is in it.
    private static func isMounted(_ file: stat, _ path: String) -> Bool {
        guard file.st_uid == 0, let end = path.lastIndex(of: "/") else { return false }
        var link = stat()
        return lstat(path[...end] + "..data", &link) == 0 && link.st_mode & S_IFMT == S_IFLNK && link.st_uid == 0
    }

    /// One byte more than the limit at most; nil when reading fails.
    private static func bytes(of descriptor: Int32) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while bytes.count <= sizeLimit {
            let count = read(descriptor, &buffer, min(buffer.count, sizeLimit + 1 - bytes.count))
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return bytes
    }

    private static func reason(_ code: Int32) -> String {
        code == EACCES ? "permission denied" : String(cString: strerror(code))
    }
}
