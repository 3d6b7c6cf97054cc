import TestSupport
import Testing

@testable import Files

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct `A file of others that is followed` {
    private let place = TemporaryDirectory()
    private var path: String { place.path + "/a.log" }

    private func add(_ text: String, to path: String? = nil, anew: Bool = false) {
        let file = open(path ?? self.path, O_WRONLY | O_CREAT | (anew ? O_TRUNC : O_APPEND), 0o600)
        #expect(PrivateDirectory.write(Array(text.utf8), to: file))
        close(file)
    }

    @Test func `gives what is added, line by line`() {
        add("old\n")
        var file = FollowedFile(path)
        #expect(file.newLines(at: path) == [])
        add("one\ntwo\nthr")
        #expect(file.newLines(at: path) == ["one", "two"])
        add("ee\n")
        #expect(file.newLines(at: path) == ["three"])
    }

    @Test func `reads the rest of a file that was rotated before the new one`() {
        add("old\n")
        var file = FollowedFile(path)
        add("last\n")
        rename(path, path + ".1")
        add("first\n")
        #expect(file.newLines(at: path) == ["last", "first"])
    }

    @Test func `begins again where a file was emptied`() {
        add("old and long\n")
        var file = FollowedFile(path)
        add("new\n", anew: true)
        #expect(file.newLines(at: path) == ["new"])
    }

    @Test func `waits for one that is not there yet, and goes on with another`() {
        var file = FollowedFile(path)
        #expect(file.newLines(at: path) == [])
        add("one\n")
        #expect(file.newLines(at: path) == ["one"])
        add("two\n", to: path + "2")
        #expect(file.newLines(at: path + "2") == ["two"])
        #expect(file.path == path + "2")
    }

    @Test func `gives its last lines, and those of older ones where it has too few`() {
        add((1...100).map { "\($0)\n" }.joined())
        add("older\noldest but one\n", to: path + ".1")
        #expect(FollowedFile.lastLines(2, of: path) == ["99", "100"])
        #expect(FollowedFile.lastLines(101, of: path, older: [path + ".1", path + ".2"])?.first == "oldest but one")
        #expect(FollowedFile.lastLines(1, of: path + ".none") == nil)
        #expect(FollowedFile.lastLines(1, of: place.path) == nil)
    }

    @Test func `has no last lines where it is emptied while they are read`() {
        #expect(FollowedFile.lines(of: [], isCut: true).isEmpty)
        #expect(
            FollowedFile.lines(of: Array("cut off\nwhole\n".utf8), isCut: true).map { Array($0) } == [
                Array("whole".utf8)
            ]
        )
    }

    @Test func `shows the end of a line of which the start is too far away`() {
        add(String(repeating: "x", count: 3 << 19) + "end")
        #expect(FollowedFile.lastLines(5, of: path)?.map { $0.utf8.count } == [1 << 20])
        #expect(FollowedFile.lastLines(5, of: path)?.last?.hasSuffix("xend") == true)
    }

    @Test func `is read in pieces where much was added at once`() {
        add("")
        var file = FollowedFile(path)
        truncate(path, 5 << 19)
        let pieces = (0..<3).map { _ in (file.newLines(at: path).map { $0.utf8.count }, file.hasMore) }
        #expect(pieces.map { $0.0 } == [[1 << 20], [1 << 20], []])
        #expect(pieces.map { $0.1 } == [true, true, false])
        rename(path, path + ".1")
        add("first\n")
        #expect(file.newLines(at: path).map { $0.utf8.count } == [1 << 19, 5])
    }

    @Test func `is read to its end before the file that replaces it`() {
        add("")
        var file = FollowedFile(path)
        add(String(repeating: String(repeating: "x", count: 1023) + "\n", count: 1500))
        rename(path, path + ".1")
        add("first\n")
        #expect(file.newLines(at: path).count == 1024 && file.hasMore)
        #expect(file.newLines(at: path).count == 477 && !file.hasMore)
    }
}
