#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What takes the place of a file in one step, written piece by piece; the old bytes stay unless it is finished.
///
/// Two of the same file must not be there at once.
package final class FileReplacement {
    private let folder: PrivateDirectory
    private let name: String
    private let descriptor: Int32
    private var isFinished = false

    package init(of name: String, in folder: PrivateDirectory) throws(FileError) {
        self.folder = folder
        self.name = name
        let temporary = name + ".new"
        unlinkat(folder.descriptor, temporary, 0)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        descriptor = openat(folder.descriptor, temporary, flags, 0o600)
        guard descriptor >= 0 else { throw FileError("create", path) }
    }

    deinit {
        close(descriptor)
        // Once it is finished, a file of this name is that of another.
        if !isFinished { unlinkat(folder.descriptor, temporary, 0) }
    }

    private var temporary: String { name + ".new" }
    private var path: String { "\(folder.path)/\(name)" }

    package func append(_ bytes: [UInt8]) throws(FileError) {
        guard PrivateDirectory.write(bytes, to: descriptor) else { throw FileError("write", path) }
    }

    /// `durably` the new bytes are on the disk when it returns.
    package func finish(durably: Bool) throws(FileError) {
        guard fchmod(descriptor, 0o600) == 0, !durably || fsync(descriptor) == 0,
            renameat(folder.descriptor, temporary, folder.descriptor, name) == 0
        else { throw FileError("write", path) }
        isFinished = true
        if durably { try folder.sync() }
    }
}
