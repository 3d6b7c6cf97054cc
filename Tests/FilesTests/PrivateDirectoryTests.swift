import TestSupport
import Testing

@testable import Files

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct `A private directory` {
    private let place = TemporaryDirectory()
    private var path: String { place.path + "/in" }

    private func mode(_ name: String = "in") -> UInt32 {
        var status = stat()
        return lstat("\(place.path)/\(name)", &status) == 0 ? UInt32(status.st_mode) & 0o7777 : 0
    }

    @Test func `keeps the old bytes of a file until all of the new ones are there`() throws {
        let directory = try PrivateDirectory(path)
        try directory.replace("file", with: Array("old".utf8))
        do {
            let unfinished = try FileReplacement(of: "file", in: directory)
            try unfinished.append(Array("new".utf8))
            #expect(directory.contents(of: "file", limit: 9) == Array("old".utf8))
        }
        #expect(directory.contents(of: "file", limit: 9) == Array("old".utf8))
        #expect(try directory.names() == ["file"])
        let whole = try FileReplacement(of: "file", in: directory)
        for piece in ["ne", "w"] { try whole.append(Array(piece.utf8)) }
        try whole.finish(durably: true)
        #expect(directory.contents(of: "file", limit: 9) == Array("new".utf8))
        #expect(mode("in/file") == 0o600)
    }

    @Test func `leaves what another makes after a replacement is finished`() throws {
        let directory = try PrivateDirectory(path)
        do {
            let first = try FileReplacement(of: "file", in: directory)
            try first.finish(durably: false)
            try directory.replace("file.new", with: Array("of another".utf8))
        }
        #expect(try Set(directory.names()) == ["file", "file.new"])
    }

    @Test func `is made for this user alone, with those above it`() throws {
        _ = try PrivateDirectory(path + "/deeper")
        #expect(mode() == 0o700)
        #expect(mode("in/deeper") == 0o700)
    }

    /// Security M6.
    @Test(arguments: [0o755, 0o750, 0o777, 0o701])
    func `is refused and left as it is where it is open to others, with the command that closes it`(mode: Int) throws {
        mkdir(path, 0o700)
        chmod(path, mode_t(mode))
        let error = try #require(throws: FileError.self) { try PrivateDirectory(path) }
        #expect(error.description.contains("mode \(String(mode, radix: 8))"))
        #expect(error.remedy?.contains("chmod 700 '\(path)'") == true)
        #expect(self.mode() == mode)
    }

    /// Security M6: no command that would close a directory for everybody.
    @Test(arguments: [0o1777, 0o1755])
    func `is refused and left as it is where users share it`(mode: Int) throws {
        mkdir(path, 0o700)
        chmod(path, mode_t(mode))
        let error = try #require(throws: FileError.self) { try PrivateDirectory(path) }
        #expect(error.description.contains("share") && error.remedy == nil)
        #expect(self.mode() == mode)
    }

    @Test func `may be looked into by others where that is said`() throws {
        mkdir(path, 0o700)
        chmod(path, 0o755)
        _ = try PrivateDirectory(path, others: .look)
        chmod(path, 0o775)
        let error = try #require(throws: FileError.self) { try PrivateDirectory(path, others: .look) }
        #expect(error.remedy?.contains("chmod go-w") == true)
        #expect(mode() == 0o775)
    }

    @Test func `is not made by a mere reader, who may use any`() throws {
        #expect(try PrivateDirectory(existing: path, others: .anything) == nil)
        #expect(place.names().isEmpty)
        mkdir(path, 0o700)
        chmod(path, 0o1777)
        place.write(Array("text".utf8), to: "in/file")
        let folder = try #require(try PrivateDirectory(existing: path, others: .anything))
        #expect(folder.contents(of: "file", limit: 10) == Array("text".utf8))
        #expect(mode() == 0o1777)
    }

    @Test(arguments: [
        ("one\ntwo\n", "two", true), ("one\ntwo", "two", false), ("one", "one", false), ("\n", "", true),
        ("one\n\n", "", true), ("one\n\0\0", "\0\0", false),
    ])
    func `gives the last line of a file`(text: String, line: String, hasLineEnd: Bool) throws {
        let folder = try PrivateDirectory(path)
        try folder.append(Array(text.utf8), to: "file")
        let last = LastLine(bytes: Array(line.utf8), hasLineEnd: hasLineEnd, fileSize: text.utf8.count)
        #expect(try folder.lastLine(of: "file") == last)
    }

    /// Code R8.
    @Test func `reads a long file from its end`() throws {
        let folder = try PrivateDirectory(path)
        let line = [UInt8](repeating: 0x61, count: 70_000)
        try folder.append([UInt8](repeating: 0x62, count: 200_000) + [0x0A] + line + [0x0A], to: "file")
        #expect(try folder.lastLine(of: "file")?.bytes == line)
        #expect(throws: FileError.self) { try folder.lastLine(of: "file", limit: 1000) }
        #expect(try folder.lastLine(of: "none") == nil)
        try folder.append([], to: "empty")
        #expect(try folder.lastLine(of: "empty") == nil)
    }

    /// The thread sanitizer sees whether they share what one of them writes.
    @Test func `gives nothing of an empty file to many at once`() async throws {
        let folder = try PrivateDirectory(path)
        try folder.append([], to: "empty")
        await withTaskGroup(of: [UInt8]?.self) { group in
            for _ in 0..<100 { group.addTask { folder.contents(of: "empty", limit: 10) } }
            for await bytes in group { #expect(bytes == []) }
        }
    }

    @Test func `loses what a process that was killed has left of a new file, when the next is made`() throws {
        let folder = TemporaryDirectory()
        for name in ["a.env.5eafa7d1c0de.new", "a.env.new", "a.1.new", "b.env"] { folder.write([1], to: name) }
        #expect(try PrivateDirectory(folder.path).create("c.env", with: [2]))
        #expect(Set(folder.names()) == ["a.env.new", "a.1.new", "b.env", "c.env"])
    }

    @Test func `makes a file for one of many at once`() async throws {
        _ = try PrivateDirectory(path)
        let path = path
        let made = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<40 {
                group.addTask { try PrivateDirectory(path).create("key", with: [UInt8(number)]) ? number : -1 }
            }
            return try await group.filter { $0 >= 0 }.reduce(into: []) { $0.append($1) }
        }
        #expect(made.count == 1)
        #expect(place.contents("in/key") == made.map { UInt8($0) })
        #expect(place.names(in: "in") == ["key"])
        #expect(mode("in/key") == 0o600)
    }

    @Test func `marks a name for one of many at once`() async throws {
        _ = try PrivateDirectory(path)
        let path = path
        let count = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<40 { group.addTask { try PrivateDirectory(path).mark("used") } }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(count == 1)
    }
}
