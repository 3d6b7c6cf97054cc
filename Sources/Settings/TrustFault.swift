import Text

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

    /// The first of the directories and links on the way to a file, given by an absolute path, by which another user could
    /// put a file in its place; nil if there is no such place.
    ///
    /// In a directory with the sticky bit, as that for temporary files has, others cannot replace what is not theirs.
    package static func above(_ path: String) -> TrustFault? {
        var names = path.split(separator: "/").map { String($0) }[...]
        var place = ""
        var links = 0
        while let name = names.popFirst() {
            if name == "." { continue }
            if name == ".." {
                place = String(place[..<(place.lastIndex(of: "/") ?? place.startIndex)])
                continue
            }
            let next = "\(place)/\(name)"
            var status = stat()
            guard lstat(next, &status) == 0 else { return nil }
            if let target = target(of: next, status) {
                // Where the system stops, too.
                links += 1
                guard links <= 40 else { return nil }
                if let fault = TrustFault(link: status, at: next) { return fault }
                if target.hasPrefix("/") { place = "" }
                names = target.split(separator: "/").map { String($0) } + names
            } else if !names.isEmpty {
                place = next
                let isShared = names.count > 1 && status.st_mode & S_ISVTX != 0
                if let fault = TrustFault(status, at: next, closing: "go-w", ignoresMode: isShared) { return fault }
            }
        }
        return nil
    }

    /// Nil for what is no link.
    private static func target(of path: String, _ status: stat) -> String? {
        guard status.st_mode & S_IFMT == S_IFLNK else { return nil }
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }

    /// Of a link only the owner counts, who can lead it elsewhere.
    private init?(link status: stat, at path: String) {
        guard status.st_uid != geteuid() && status.st_uid != 0 else { return nil }
        self.init(
            path: path,
            what: "is a link of another user",
            remedy: "\(Self.sudo)chown -h \(geteuid()) \(Shell.quoted(path))"
        )
    }

    /// `mode` is what `chmod` is given where others may write.
    private init?(_ status: stat, at path: String, closing mode: String, ignoresMode: Bool = false) {
        let user = geteuid()
        let place = Shell.quoted(path)
        let isForeign = status.st_uid != user && status.st_uid != 0
        let isOpen = status.st_mode & (S_IWGRP | S_IWOTH) != 0 && !ignoresMode
        guard isForeign || isOpen else { return nil }
        let owner = ("belongs to another user", "\(Self.sudo)chown \(user) \(place)")
        let needsSudo = status.st_uid != user && !isForeign
        let chmod = needsSudo ? "\(Self.sudo)chmod go-w \(place)" : "chmod \(mode) \(place)"
        let faults = (isForeign ? [owner] : []) + (isOpen ? [("can be written by other users", chmod)] : [])
        self.init(
            path: path,
            what: faults.map { $0.0 }.joined(separator: " and "),
            remedy: faults.map { $0.1 }.joined(separator: " && ")
        )
    }

    private static var sudo: String { geteuid() == 0 ? "" : "sudo " }
}

/// What a shell reads.
package enum Shell {
    /// A text as one word; as it is where it is one already.
    package static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: "/._-+@,:".utf8.contains(byte)
            }
        }
        return isPlain && !text.isEmpty ? text : "'\(text.replacing(every: "'", with: #"'\''"#))'"
    }
}
