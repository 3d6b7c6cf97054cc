#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A file that lies next to a test's source, read and, with `RECORD=1`, written again.
package struct SourceFile: Sendable {
    package let path: String

    /// `name` is relative to the folder of the source file that asks; give `#filePath`.
    package init(_ source: StaticString, _ name: String) {
        let folder = "\(source)".split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
            separator: "/"
        )
        path = "\(folder)/\(name)"
    }

    package var isRecording: Bool { getenv("RECORD") != nil }

    package func text() throws -> String {
        guard let file = fopen(path, "r") else { throw Missing(path: path) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }

    package func replace(with text: String) throws {
        guard let file = fopen(path, "w") else { throw Missing(path: path) }
        defer { fclose(file) }
        _ = fwrite(text, 1, text.utf8.count, file)
    }

    /// The lines that begin with `#`, which a recording keeps.
    package func comments() throws -> String {
        try text().split(separator: "\n").filter { $0.hasPrefix("#") }.map { "\($0)\n" }.joined()
    }

    package struct Missing: Error, CustomStringConvertible {
        let path: String
        package var description: String { "\(path) is missing. Run the tests once with RECORD=1 to write it." }
    }
}
