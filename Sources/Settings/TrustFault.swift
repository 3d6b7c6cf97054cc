#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Why settings are not taken from a file or from below a directory: another user decides what it says, or could.
///
/// The rule is that of ssh for its own files: the owner is this user or root, and no one else may write.
package struct TrustFault: Hashable, Sendable {
    /// Of the file or directory.
    package let path: String
    /// Reads on from the path: "can be written by other users".
    package let what: String
    /// The command that settles it.
    package let remedy: String

    package init(path: String, what: String, remedy: String) {
        self.path = path
        self.what = what
        self.remedy = remedy
    }

    /// Nil when the file can be trusted.
    init?(file status: stat, at path: String) {
        self.init(status, at: path, closing: "600")
    }

    /// The first of the directories above an absolute path in which another user could put a file in its place, or in
    /// that of the file behind it if it is a link; nil when there is none.
    ///
    /// In one with the sticky bit, as that for temporary files has, others cannot replace a directory that is not theirs.
    package static func above(_ path: String) -> TrustFault? {
        if let fault = above(exactly: path) { return fault }
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return above(exactly: String(cString: real))
    }

    private static func above(exactly path: String) -> TrustFault? {
        var rest = path[...]
        var isParent = true
        while let slash = rest.lastIndex(of: "/"), slash > rest.startIndex {
            rest = rest[..<slash]
            defer { isParent = false }
            var status = stat()
            guard stat(String(rest), &status) == 0, isParent || status.st_mode & S_ISVTX == 0 else { continue }
            if let fault = TrustFault(status, at: String(rest), closing: "go-w") { return fault }
        }
        return nil
    }

    /// `mode` is what `chmod` is told where the owner is right and others may write.
    private init?(_ status: stat, at path: String, closing mode: String) {
        let user = geteuid()
        let place = Shell.quoted(path)
        let sudo = user == 0 ? "" : "sudo "
        guard status.st_uid == user || status.st_uid == 0 else {
            self.init(path: path, what: "belongs to another user", remedy: "\(sudo)chown \(user) \(place)")
            return
        }
        guard status.st_mode & (S_IWGRP | S_IWOTH) != 0 else { return nil }
        let command = status.st_uid == user ? "chmod \(mode)" : "\(sudo)chmod go-w"
        self.init(path: path, what: "can be written by other users", remedy: "\(command) \(place)")
    }
}

/// What a shell reads.
enum Shell {
    /// A text as one word; as it is where it is one already.
    static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: "/._-+@,:".utf8.contains(byte)
            }
        }
        return isPlain && !text.isEmpty ? text : "'\(text.replacing("'", with: #"'\''"#))'"
    }
}
