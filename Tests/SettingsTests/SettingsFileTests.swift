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
        path = try #require(mkdtemp(&template).flatMap { realpath($0, nil) }.map { String(cString: $0) })
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
    @Test(arguments: [(mode_t(0o600), true), (0o640, false), (0o604, false), (0o400, true), (0o444, false)])
    func `is read, with who else may read it`(mode: mode_t, isPrivate: Bool) throws {
        let folder = try Folder()
        let path = try folder.file(Array("A=1".utf8), mode: mode)
        #expect(SettingsFile.onDisk(path) == .content(Array("A=1".utf8), isPrivate: isPrivate))
    }

    @Test(arguments: [mode_t(0o620), 0o602, 0o622, 0o666])
    func `is refused where others could write it`(mode: mode_t) throws {
        let folder = try Folder()
        let path = try folder.file(Array("A=1".utf8), mode: mode)
        let fault = TrustFault(path: path, what: "can be written by other users", remedy: "chmod 600 \(path)")
        #expect(SettingsFile.onDisk(path) == .untrusted(fault))
        try #require(chmod(path, 0o600) == 0)
        #expect(SettingsFile.onDisk(path) == .content(Array("A=1".utf8), isPrivate: true))
    }

    /// Only root can give a file away; to any other user root's own files are another's, and accepted.
    @Test(.enabled(if: geteuid() == 0)) func `is refused where it belongs to another user`() throws {
        let folder = try Folder()
        let path = try folder.file(Array("A=1".utf8), mode: 0o600)
        try #require(chown(path, 12_345, 12_345) == 0)
        let fault = TrustFault(path: path, what: "belongs to another user", remedy: "chown 0 \(path)")
        #expect(SettingsFile.onDisk(path) == .untrusted(fault))
        try #require(chmod(path, 0o666) == 0)
        let both = TrustFault(
            path: path,
            what: "belongs to another user and can be written by other users",
            remedy: "chown 0 \(path) && chmod 600 \(path)"
        )
        #expect(SettingsFile.onDisk(path) == .untrusted(both))
    }

    @Test(.enabled(if: geteuid() != 0)) func `is accepted from root, who lets all read it`() {
        guard case .content(_, let isPrivate) = SettingsFile.onDisk("/etc/passwd") else {
            Issue.record("not read")
            return
        }
        #expect(isPrivate)
    }

    @Test func `counts behind a link, whatever the link is`() throws {
        let folder = try Folder()
        let other = try Folder()
        let path = try folder.file(Array("A=1".utf8), mode: 0o622)
        let link = "\(other.path)/file"
        try #require(symlink(path, link) == 0)
        guard case .untrusted(let fault) = SettingsFile.onDisk(link) else {
            Issue.record("read")
            return
        }
        #expect(fault.what == "can be written by other users")
        try #require(chmod(path, 0o600) == 0)
        #expect(SettingsFile.onDisk(link) == .content(Array("A=1".utf8), isPrivate: true))
    }

    @Test func `is known by its path as a shell takes it`() throws {
        let path = "/tmp/it's \(getpid()).env"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        try #require(descriptor >= 0)
        defer { unlink(path) }
        defer { close(descriptor) }
        try #require(fchmod(descriptor, 0o606) == 0)
        guard case .untrusted(let fault) = SettingsFile.onDisk(path) else {
            Issue.record("read")
            return
        }
        #expect(fault.remedy == #"chmod 600 '/tmp/it'\''s "# + "\(getpid()).env'")
    }

    @Test(arguments: [(mode_t(0o600), true), (0o400, true), (0o640, false), (0o604, false)])
    func `of secrets is read only where no other user can`(mode: mode_t, isRead: Bool) throws {
        let folder = try Folder()
        let path = try folder.file(Array("key".utf8), mode: mode)
        let content = SettingsFile.content(Array("key".utf8), isPrivate: true)
        let refusal = SettingsFile.unreadable(
            "can be read by other users (mode \(String(mode, radix: 8)))",
            remedy: "chmod 600 \(path)"
        )
        #expect(SettingsFile.onDisk(path, isSecret: true) == (isRead ? content : refusal))
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

@Suite struct `The directories above a settings file` {
    @Test(arguments: [(mode_t(0o700), false), (0o755, false), (0o775, true), (0o757, true), (0o1777, true)])
    func `are refused where others could put another file`(mode: mode_t, isRefused: Bool) throws {
        let folder = try Folder()
        let path = try folder.file([], mode: 0o600)
        #expect(TrustFault.above(path) == nil)
        try #require(chmod(folder.path, mode) == 0)
        let fault = TrustFault.above(path)
        #expect((fault != nil) == isRefused)
        #expect(fault?.remedy ?? "chmod go-w \(folder.path)" == "chmod go-w \(folder.path)")
    }

    @Test func `are refused behind a link too`() throws {
        let folder = try Folder()
        let other = try Folder()
        let path = try folder.file([], mode: 0o600)
        let link = "\(other.path)/file"
        try #require(symlink(path, link) == 0)
        #expect(TrustFault.above(link) == nil)
        try #require(chmod(folder.path, 0o777) == 0)
        #expect(TrustFault.above(link)?.what == "can be written by other users")
    }

    /// `outer/link` leads to `middle/link`, and that to where the file is.
    @Test(arguments: ["outer", "middle", "link", nil])
    func `are refused by a link in the middle of the path`(weak: String?) throws {
        let (outer, middle, inner) = (try Folder(), try Folder(), try Folder())
        defer { for folder in [outer, middle] { unlink("\(folder.path)/link") } }
        _ = try inner.file([], mode: 0o600)
        try #require(symlink(inner.path, "\(middle.path)/link") == 0)
        try #require(symlink("../\(middle.path.dropFirst("/tmp/".count))/./link", "\(outer.path)/link") == 0)
        let path = "\(outer.path)/link/file"
        #expect(TrustFault.above(path) == nil)
        switch weak {
        case "outer": try #require(chmod(outer.path, 0o777) == 0)
        case "middle": try #require(chmod(middle.path, 0o777) == 0)
        case "link" where geteuid() == 0:
            try #require(lchown("\(middle.path)/link", 12_345, 12_345) == 0)
            #expect(TrustFault.above(path)?.what == "is a link of another user")
        default: return
        }
        #expect(TrustFault.above(path) != nil)
    }

    @Test func `lead nowhere in a circle of links`() throws {
        let folder = try Folder()
        let link = "\(folder.path)/file"
        try #require(symlink("file", link) == 0)
        #expect(TrustFault.above("\(link)/x/.env") == nil)
        #expect(
            SettingsFile.onDisk("\(link)/x/.env") == .unreadable("cannot be opened: Too many levels of symbolic links")
        )
    }

    /// /tmp is such a directory, and all these tests run below it.
    @Test func `may be ones that all write to, where no one can take away what is another's`() throws {
        #expect(TrustFault.above(try Folder().file([], mode: 0o600)) == nil)
    }
}

@Suite struct `The time zones of this machine` {
    @Test(arguments: ["UTC", "GMT", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "Asia/Tokyo"])
    func `are known`(name: String) { #expect(TimeZoneDatabase.knows(name)) }

    @Test(
        .enabled(if: access("/usr/share/zoneinfo", R_OK) == 0),
        arguments: ["Europe/Nowhere", "Europe", "garbage", "A/B/C"]
    )
    func `are no others`(name: String) { #expect(!TimeZoneDatabase.knows(name)) }
}
