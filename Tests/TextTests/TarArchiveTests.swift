import Testing
import Text

@Suite struct `An archive of files` {
    private func text(_ bytes: [UInt8], _ place: Int, _ count: Int) -> String {
        String(decoding: bytes[place..<place + count].prefix { $0 != 0 && $0 != 0x20 }, as: UTF8.self)
    }

    @Test func `has for each file a header and whole blocks, and ends with two that are empty`() {
        var archive = TarArchive()
        archive.add("a/one.txt", Array("hello\n".utf8))
        archive.add("a/empty", [])
        archive.add("a/block", [UInt8](repeating: 7, count: 512))
        let bytes = archive.bytes
        #expect(bytes.count == 512 * (2 + 1 + 2 + 2))
        #expect(bytes.suffix(1024).allSatisfy { $0 == 0 })
        for (start, name, size) in [(0, "a/one.txt", 6), (1024, "a/empty", 0), (1536, "a/block", 512)] {
            let header = Array(bytes[start..<start + 512])
            #expect(
                text(header, 0, 100) == name && text(header, 257, 6) == "ustar" && text(header, 100, 8) == "0000600"
            )
            #expect(Int(text(header, 124, 12), radix: 8) == size)
            let sum = header.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
            #expect(Int(text(header, 148, 8), radix: 8) == sum)
        }
        #expect(Array(bytes[512..<518]) == Array("hello\n".utf8))
    }

    @Test func `is the same for the same files`() {
        var (one, other) = (TarArchive(), TarArchive())
        for name in ["b", "a"] {
            one.add(name, Array(name.utf8))
            other.add(name, Array(name.utf8))
        }
        #expect(one.bytes == other.bytes)
    }
}
