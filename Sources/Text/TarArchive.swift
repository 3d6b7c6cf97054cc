/// Files in one (POSIX ustar), the same bytes for the same files: no time, no owner.
package struct TarArchive {
    private static let block = 512

    private var content: [UInt8] = []

    package init() {}

    /// `name` is a path of 100 bytes at most, in ASCII.
    package mutating func add(_ name: String, _ bytes: [UInt8]) {
        content += Self.header(name, size: bytes.count) + bytes
        let rest = bytes.count % Self.block
        if rest > 0 { content += [UInt8](repeating: 0, count: Self.block - rest) }
    }

    /// With the two blocks that end an archive.
    package var bytes: [UInt8] { content + [UInt8](repeating: 0, count: 2 * Self.block) }

    private static func header(_ name: String, size: Int) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: block)
        func put(_ text: String, at place: Int) {
            header.replaceSubrange(place..<place + text.utf8.count, with: text.utf8)
        }
        precondition(name.utf8.count <= 100, "a longer name needs another form of archive")
        put(name, at: 0)
        put("0000600", at: 100)
        for (place, number, digits) in [(108, 0, 7), (116, 0, 7), (124, size, 11), (136, 0, 11)] {
            put(octal(number, digits), at: place)
        }
        // The checksum is made with blanks in its own place.
        put("        ", at: 148)
        put("0", at: 156)
        put("ustar", at: 257)
        put("00", at: 263)
        put(octal(header.reduce(0) { $0 + Int($1) }, 6) + "\0 ", at: 148)
        return header
    }

    private static func octal(_ number: Int, _ digits: Int) -> String {
        let text = String(number, radix: 8)
        return String(repeating: "0", count: max(digits - text.utf8.count, 0)) + text
    }
}
