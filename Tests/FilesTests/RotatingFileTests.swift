import TestSupport
import Testing

@testable import Files

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct `A file that is rotated when it is full` {
    private let place = TemporaryDirectory()
    private var path: String { place.path + "/a.log" }

    private func text(_ name: String) throws -> String? {
        let directory = try PrivateDirectory(place.path)
        return directory.contents(of: name, limit: 1 << 20).map { String(decoding: $0, as: UTF8.self) }
    }

    private func names() -> [String] { place.names().filter { !$0.hasSuffix(".lock") }.sorted() }

    @Test func `has every line once, and of the full ones the newest`() throws {
        let file = RotatingFile(path, limit: 20, keeping: 2)
        for number in 1...9 { try file.write("line \(number)") }
        #expect(names() == ["a.log", "a.log.1", "a.log.2"])
        #expect(try text("a.log") == "line 9\n")
        #expect(try text("a.log.1") == "line 7\nline 8\n")
        #expect(try text("a.log.2") == "line 5\nline 6\n")
    }

    @Test func `takes a line that is longer than a whole file`() throws {
        let file = RotatingFile(path, limit: 10, keeping: 1)
        let long = String(repeating: "a", count: 100)
        for line in ["b", long, "c"] { try file.write(line) }
        #expect(try text("a.log") == "c\n")
        #expect(try text("a.log.1") == long + "\n")
    }

    @Test func `keeps none where none are to be kept`() throws {
        let file = RotatingFile(path, limit: 10, keeping: 0)
        for number in 1...5 { try file.write("line \(number)") }
        #expect(names() == ["a.log"])
        #expect(try text("a.log") == "line 5\n")
    }

    @Test func `goes on where it ended`() throws {
        try RotatingFile(path, limit: 100, keeping: 1).write("a")
        try RotatingFile(path, limit: 100, keeping: 1).write("b")
        #expect(try text("a.log") == "a\nb\n")
    }

    @Test func `goes on in a new file where another program has rotated it`() throws {
        let file = RotatingFile(path, limit: 100, keeping: 1)
        try file.write("a")
        rename(path, path + ".old")
        try file.write("b")
        #expect(try text("a.log.old") == "a\n")
        #expect(try text("a.log") == "b\n")
    }

    @Test func `can be read by those who could read the one before`() throws {
        let file = RotatingFile(path, limit: 10, keeping: 1)
        try file.write("line 1")
        chmod(path, 0o640)
        try file.write("line 2")
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o640)
    }

    @Test func `loses nothing of several writers at once`() async throws {
        let writers = (1...4).map { _ in RotatingFile(path, limit: 400, keeping: 1000) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (writer, file) in writers.enumerated() {
                group.addTask { for number in 1...100 { try file.write("writer \(writer) line \(number)") } }
            }
            try await group.waitForAll()
        }
        let lines = try names().flatMap { try text($0)?.split(separator: "\n") ?? [] }
        let expected = (0..<4).flatMap { writer in (1...100).map { "writer \(writer) line \($0)" } }
        #expect(lines.count == 400 && Set(lines.map { String($0) }) == Set(expected))
    }

    @Test(arguments: [0o666, 0o620])
    func `is refused where others can write it`(mode: Int) throws {
        let file = RotatingFile(path, limit: 100, keeping: 1)
        try file.write("a")
        chmod(path, mode_t(mode))
        #expect(throws: FileError.self) { try RotatingFile(path, limit: 100, keeping: 1).write("b") }
    }

    @Test func `is no link, no pipe, and in no directory that others can change`() throws {
        symlink("elsewhere", path)
        #expect(throws: FileError.self) { try RotatingFile(path, limit: 100, keeping: 1).write("a") }
        unlink(path)
        mkfifo(path, 0o600)
        #expect(throws: FileError.self) { try RotatingFile(path, limit: 100, keeping: 1).open() }
        unlink(path)
        chmod(place.path, 0o770)
        let error = try #require(throws: FileError.self) { try RotatingFile(path, limit: 100, keeping: 1).write("a") }
        #expect(error.remedy?.contains("chmod go-w") == true)
        #expect(place.names().isEmpty)
        chmod(place.path, 0o700)
        try RotatingFile(path, limit: 100, keeping: 1).write("a")
    }
}
