#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A file that is made here, for this user alone, and written piece by piece; one that exists is never written over.
package final class NewFile: Sendable {
    package let path: String
    private let descriptor: Int32

    package init(_ path: String) throws(FileError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor < 0 else { return }
        guard errno == EEXIST else { throw FileError("create", path) }
        throw FileError("\(path) exists already", remedy: "Remove it, or choose another name.")
    }

    deinit { close(descriptor) }

    package func append(_ bytes: [UInt8]) throws(FileError) {
        guard PrivateDirectory.write(bytes, to: descriptor) else { throw FileError("write", path) }
    }

    /// Takes it away again, where it could not be written whole.
    package func discard() { unlink(path) }
}
