import Settings

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The file of another oe-mcp, which is looked at and not started: an entry may come with a project, and its program too.
enum ProgramFile {
    /// The version that it says it has; nil where it says none.
    static func version(of path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        let stamp = ProgramVersion.stamp.withUTF8Buffer { Array($0) }
        let sentence = Array(stamp.dropLast(ProgramVersion.current.utf8.count))
        var (piece, matched, version) = ([UInt8](repeating: 0, count: 1 << 20), 0, [UInt8]())
        while case let count = fread(&piece, 1, piece.count, file), count > 0 {
            for byte in piece[..<count] {
                if matched < sentence.count {
                    // No beginning of the sentence occurs again inside of it.
                    matched = byte == sentence[matched] ? matched + 1 : byte == sentence[0] ? 1 : 0
                } else if isPart(byte), version.count < 32 {
                    version.append(byte)
                } else if version.isEmpty {
                    matched = 0
                } else {
                    return String(decoding: version, as: UTF8.self)
                }
            }
        }
        return version.isEmpty ? nil : String(decoding: version, as: UTF8.self)
    }

    private static func isPart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "."),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
