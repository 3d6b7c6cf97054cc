import Settings
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A directory of its own that is gone when the test is.
private final class Folder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/settings-XXXXXX".utf8CString)
        path = try #require(mkdtemp(&template).map { String(cString: $0) })
    }

    deinit {
        unlink("\(path)/file")
        rmdir(path)
    }

    /// Makes `file` and yields its path.
    func file(_ bytes: [UInt8], mode: mode_t) throws -> String {
        let path = "\(path)/file"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, mode)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        try #require(fchmod(descriptor, mode) == 0)
        try #require(write(descriptor, bytes, bytes.count) == bytes.count)
        return path
    }
}

@Suite struct `A settings file on the disk` {
    @Test(arguments: [(mode_t(0o600), true), (0o640, false), (0o604, false), (0o400, true), (0o622, true)])
    func `is read, with who else may read it`(mode: mode_t, isPrivate: Bool) throws {
        let folder = try Folder()
        let path = try folder.file(Array("A=1".utf8), mode: mode)
        #expect(SettingsFile.onDisk(path) == .content(Array("A=1".utf8), isPrivate: isPrivate))
    }

    @Test func `may be missing`() throws {
        let folder = try Folder()
        #expect(SettingsFile.onDisk("\(folder.path)/file") == .missing)
        #expect(SettingsFile.onDisk("\(try folder.file([], mode: 0o600))/below") == .missing)
    }

    @Test func `may be as large as the limit, and no larger`() throws {
        let folder = try Folder()
        let path = try folder.file(Array(repeating: 0x0A, count: SettingsFile.sizeLimit), mode: 0o600)
        guard case .content(let bytes, _) = SettingsFile.onDisk(path) else {
            Issue.record("not read")
            return
        }
        #expect(bytes.count == SettingsFile.sizeLimit)
        let larger = try Folder()
        let tooLong = try larger.file(Array(repeating: 0x0A, count: SettingsFile.sizeLimit + 1), mode: 0o600)
        #expect(SettingsFile.onDisk(tooLong) == .unreadable("is larger than 1024 KiB"))
    }

    @Test func `is no directory and no pipe`() throws {
        let folder = try Folder()
        #expect(SettingsFile.onDisk(folder.path) == .unreadable("is not a regular file"))
        let pipe = "\(folder.path)/file"
        try #require(mkfifo(pipe, 0o600) == 0)
        #expect(SettingsFile.onDisk(pipe) == .unreadable("is not a regular file"))
    }
}
