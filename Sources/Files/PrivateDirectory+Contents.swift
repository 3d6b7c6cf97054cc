#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The last line of a file.
package struct LastLine: Hashable, Sendable {
    /// Without its line end.
    package let bytes: [UInt8]
    package let hasLineEnd: Bool
    package let fileSize: Int
}

// What files hold.
extension PrivateDirectory {
    /// Nil when there is no such file, or none that can be believed.
    package func contents(of name: String, limit: Int) -> [UInt8]? {
        // A pipe in place of the file must not hold the reader up.
        let file = openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        guard let size = size(of: file), size <= limit else { return nil }
        return Self.bytes(of: file, 0..<size)
    }

    /// Read from the end of the file, whatever its size; nil when there is no such file, or nothing in it.
    package func lastLine(of name: String, limit: Int = 1 << 28) throws(FileError) -> LastLine? {
        let file = openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw FileError("open", "\(path)/\(name)")
        }
        defer { close(file) }
        guard let size = size(of: file) else { throw foreign(name) }
        guard size > 0 else { return nil }
        var chunk = 4096
        while chunk / 4 <= limit {
            let start = max(size - chunk, 0)
            guard let bytes = Self.bytes(of: file, start..<size) else { throw FileError("read", "\(path)/\(name)") }
            let hasLineEnd = bytes.last == UInt8(ascii: "\n")
            let line = hasLineEnd ? bytes.dropLast() : bytes[...]
            if let end = line.lastIndex(of: UInt8(ascii: "\n")) {
                return LastLine(bytes: Array(line[(end + 1)...]), hasLineEnd: hasLineEnd, fileSize: size)
            }
            if start == 0 { return LastLine(bytes: Array(line), hasLineEnd: hasLineEnd, fileSize: size) }
            chunk *= 4
        }
        throw FileError("the last line of \(path)/\(name) is too long")
    }

    /// Replaces the file in one step: a reader sees the old bytes or the new ones.
    ///
    /// `durably` the new bytes are on the disk when it returns. Two writers must not do this at once.
    package func replace(_ name: String, with bytes: [UInt8], durably: Bool = false) throws(FileError) {
        let replacement = try FileReplacement(of: name, in: self)
        try replacement.append(bytes)
        try replacement.finish(durably: durably)
    }

    /// Makes a file with all its bytes in one step; false when there is something of that name already.
    ///
    /// Of all who do this at once, in all processes, one succeeds.
    package func create(_ name: String, with bytes: [UInt8]) throws(FileError) -> Bool {
        let temporary = "\(name).\(String(UInt64.random(in: 0...(.max)), radix: 16)).new"
        return try withTurn { isAlone throws(FileError) in
            if isAlone { try removeLeftovers() }
            try writeNew(temporary, bytes)
            defer { unlinkat(descriptor, temporary, 0) }
            guard linkat(descriptor, temporary, descriptor, name, 0) == 0 else {
                if errno == EEXIST { return false }
                throw FileError("create", "\(path)/\(name)")
            }
            try sync()
            return true
        }
    }

    /// Of all who do this in the directory, in all processes, one does it at a time; false where the system has no such
    /// lock for a directory.
    package func withTurn<Result>(_ body: (Bool) throws(FileError) -> Result) throws(FileError) -> Result {
        let turn = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { if turn >= 0 { close(turn) } }
        var isAlone = turn >= 0 && flock(turn, LOCK_EX) == 0
        while !isAlone, turn >= 0, errno == EINTR { isAlone = flock(turn, LOCK_EX) == 0 }
        return try body(isAlone)
    }

    /// What a process that was killed has left of files it was to make.
    private func removeLeftovers() throws(FileError) {
        for name in try names() {
            let parts = name.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count > 2, parts.last == "new" else { continue }
            let number = parts[parts.count - 2]
            if number.utf8.count > 8, UInt64(number, radix: 16) != nil { remove(name) }
        }
    }

    /// Makes an empty file; false when there is something of that name already.
    ///
    /// Of all who do this at once, in all processes, one succeeds.
    package func mark(_ name: String) throws(FileError) -> Bool {
        let file = openat(descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            if errno == EEXIST { return false }
            throw FileError("create", "\(path)/\(name)")
        }
        close(file)
        try sync()
        return true
    }

    /// Adds to the end of a file, which is made if it is missing, and sees to it that the bytes are on the disk: where
    /// they cannot be, it has none of them.
    ///
    /// Two writers must not do this at once.
    package func append(_ bytes: [UInt8], to name: String) throws(FileError) {
        let isNew = !holds(name)
        let file = openat(descriptor, name, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw FileError("open", "\(path)/\(name)") }
        defer { close(file) }
        guard let size = size(of: file) else { throw foreign(name) }
        guard Self.write(bytes, to: file), fsync(file) == 0 else {
            let error = FileError("write", "\(path)/\(name)")
            ftruncate(file, off_t(size))
            throw error
        }
        if isNew { try sync() }
    }

    private func writeNew(_ name: String, _ bytes: [UInt8]) throws(FileError) {
        let file = openat(descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw FileError("create", "\(path)/\(name)") }
        let isWritten = fchmod(file, 0o600) == 0 && Self.write(bytes, to: file) && fsync(file) == 0
        guard isWritten else {
            let error = FileError("write", "\(path)/\(name)")
            close(file)
            unlinkat(descriptor, name, 0)
            throw error
        }
        close(file)
    }

    /// There is something of that name that is not to be believed.
    package func foreign(_ name: String) -> FileError {
        FileError(
            "\(path)/\(name) is not a private file of this user",
            remedy: "If it is this user's, run `chmod 600 '\(path)/\(name)'`."
        )
    }

    /// Nil for what is no regular file, and where that matters, for what others own or may open.
    private func size(of file: Int32) -> Int? {
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        guard !isStrict || status.st_uid == geteuid() && status.st_mode & 0o077 == 0 else { return nil }
        return Int(status.st_size)
    }

    private static func bytes(of file: Int32, _ range: Range<Int>) -> [UInt8]? {
        // Without capacity it would be the one empty array that all share, and each thread would write its count.
        guard !range.isEmpty else { return [] }
        var isWhole = false
        let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            while count < range.count {
                let place = off_t(range.lowerBound + count)
                let got = pread(file, buffer.baseAddress?.advanced(by: count), range.count - count, place)
                if got < 0 && errno == EINTR { continue }
                guard got > 0 else { return }
                count += got
            }
            isWhole = true
        }
        return isWhole ? bytes : nil
    }

    static func write(_ bytes: [UInt8], to file: Int32) -> Bool {
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
