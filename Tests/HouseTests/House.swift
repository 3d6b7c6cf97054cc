import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The package as it lies on the disk.
enum House {
    /// Where `Package.swift` is, found from the place of this file.
    static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }

    static func text(_ path: String) throws -> String {
        let file = try #require(fopen("\(root)/\(path)", "r"), "\(path) cannot be opened")
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        return try #require(String(validating: bytes, as: UTF8.self), "\(path) is not UTF-8")
    }

    static func write(_ text: String, to path: String) throws {
        let file = try #require(fopen("\(root)/\(path)", "w"), "\(path) cannot be written")
        defer { fclose(file) }
        let bytes = Array(text.utf8)
        try #require(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    }

    static func exists(_ path: String) -> Bool { access("\(root)/\(path)", F_OK) == 0 }

    /// True when the tests are to write what they would compare.
    static let isRecording = getenv("RECORD").map { String(cString: $0) } == "1"

    /// The names in a folder, in order; those that begin with a dot are left out.
    static func names(in folder: String) throws -> [String] {
        let directory = try #require(opendir("\(root)/\(folder)"), "\(folder) cannot be opened")
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    /// The paths of all files below a folder that end in `suffix`.
    static func files(in folder: String, _ suffix: String) throws -> [String] {
        try names(in: folder).flatMap { name in
            let path = "\(folder)/\(name)"
            if name.hasSuffix(suffix) { return [path] }
            return isFolder(path) ? try files(in: path, suffix) : []
        }
    }

    static func isFolder(_ path: String) -> Bool {
        guard let directory = opendir("\(root)/\(path)") else { return false }
        closedir(directory)
        return true
    }
}
