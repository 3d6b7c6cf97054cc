import FuzzTargets
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct `Whatever the bytes are` {
    @Test(arguments: FuzzTarget.all.map { $0.name })
    func `it holds for what was planted, and for what once broke it`(name: String) async throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        let paths = try Corpus.paths(of: name)
        #expect(paths.count > 1, "\(name) has no seeds.")
        for path in paths { try await check(target, try Corpus.bytes(at: path), path) }
    }

    /// Seeds are sound; their beginnings, and what one wrong byte makes of them, need not be.
    ///
    /// Rows: G002, G022, G316.
    @Test(arguments: FuzzTarget.all.map { $0.name })
    func `it holds for damaged seeds`(name: String) async throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        for path in try Corpus.paths(of: name) {
            let bytes = Array(try Corpus.bytes(at: path).prefix(400))
            let step = max(bytes.count / 12, 1)
            for place in stride(from: 0, to: bytes.count, by: step) {
                try await check(target, Array(bytes[..<place]), "the first \(place) bytes of \(path)")
                var damaged = bytes
                damaged[place] ^= 0x80
                try await check(target, damaged, "\(path) with another byte at \(place)")
            }
        }
    }

    private func check(_ target: FuzzTarget, _ bytes: [UInt8], _ source: String) async throws {
        do {
            try await target.check(bytes)
        } catch {
            Issue.record("\(target.name) with \(source): \(error)")
        }
    }

    @Test func `no folder of seeds is without a target`() throws {
        let names = Set(FuzzTarget.all.map { $0.name })
        for folder in ["Seeds", "Regressions"] {
            #expect(try Set(Corpus.names(in: folder)).subtracting(names) == [])
        }
    }
}

/// The files that `scripts/fuzz` begins with, and those it has found.
private enum Corpus {
    private static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" } + "/Fuzzing"

    static func paths(of target: String) throws -> [String] {
        try ["Seeds", "Regressions"].flatMap { folder in
            try names(in: "\(folder)/\(target)").map { "\(folder)/\(target)/\($0)" }
        }
    }

    /// In order, without those that begin with a dot; none where there is no such folder.
    static func names(in folder: String) throws -> [String] {
        guard let directory = opendir("\(root)/\(folder)") else { return [] }
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

    static func bytes(at path: String) throws -> [UInt8] {
        let file = try #require(fopen("\(root)/\(path)", "r"), "\(path) cannot be opened")
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
        return bytes
    }
}
