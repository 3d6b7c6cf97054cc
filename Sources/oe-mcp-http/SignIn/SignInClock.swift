import Clock
import Settings

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension TestSettings {
    /// The clock of sign-ins: that of this machine, ahead by what a test has written into its file.
    var now: @Sendable () -> Double {
        guard let clockFile else { return { SystemClock.secondsSince1970() } }
        return { SystemClock.secondsSince1970() + Self.seconds(in: clockFile) }
    }

    private static func seconds(in path: String) -> Double {
        guard let file = fopen(path, "r") else { return 0 }
        defer { fclose(file) }
        var text = [UInt8](repeating: 0, count: 32)
        let count = fread(&text, 1, text.count, file)
        return Double(String(decoding: text[..<count].filter { $0 > 0x20 }, as: UTF8.self)) ?? 0
    }
}
