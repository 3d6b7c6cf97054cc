import Settings

extension FuzzTarget {
    /// A `.env` file is read line by line; what is wrong with a line is reported without a word of it.
    static let dotEnv = FuzzTarget("dot-env") { bytes in
        // Of such a file nothing else is reported.
        if DotEnv.isUTF16(bytes) { return }
        let file = DotEnv(parsing: bytes)
        try countsLines(file, in: bytes)
        try readsItself(file)
        try keepsSilent(file, bytes)
    }

    private static func countsLines(_ file: DotEnv, in bytes: [UInt8]) throws {
        let count = bytes.count { $0 == UInt8(ascii: "\n") } + 1
        let numbers = file.assignments.map { $0.line } + file.badLines
        try hold(numbers.allSatisfy { (1...count).contains($0) }, "A line is told that is not there.")
        try hold(Set(numbers).count == numbers.count, "A line is told twice.")
    }

    /// Every value can be written between double quotes.
    private static func readsItself(_ file: DotEnv) throws {
        let lines = file.assignments.map { "export \($0.name) = \"\(escaped($0.value))\" # comment" }
        let again = DotEnv(parsing: Array(lines.joined(separator: "\r\n").utf8))
        try hold(again.badLines.isEmpty, "A written line is not read: \(lines[(again.badLines.first ?? 1) - 1])")
        for (one, other) in zip(file.assignments, again.assignments) {
            let isSame = one.name == other.name && one.value.utf8.elementsEqual(other.value.utf8)
            try hold(isSame, "\(one.name)=\(one.value) became \(other.name)=\(other.value)")
        }
    }

    private static func escaped(_ value: String) -> String {
        value.unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case "\\": text += #"\\"#
            case "\"": text += #"\""#
            case "\n": text += #"\n"#
            case "\t": text += #"\t"#
            default: text.unicodeScalars.append(scalar)
            }
        }
    }

    /// With other bad lines of the same kind, and another secret, the same is said.
    private static func keepsSilent(_ file: DotEnv, _ bytes: [UInt8]) throws {
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let one = sentences(about: lines, secret: "first-secret")
        for number in file.badLines {
            lines[number - 1] = Array((file.openLines.contains(number) ? "A='" : "=").utf8)[...]
        }
        let other = sentences(about: lines, secret: "other-secret")
        try hold(one == other, "What a bad line or a secret holds is told:\n\(one)\n\(other)")
    }

    private static func sentences(about lines: [ArraySlice<UInt8>], secret: String) -> [String] {
        let last = Array("OVALEDGE_USER_SECRET=\(secret)".utf8)
        let bytes = Array((lines + [last[...]]).joined(separator: [UInt8(ascii: "\n")]))
        do throws(SettingsError) {
            let disk = SettingsDisk(file: { _ in .content(bytes, isPrivate: true) })
            let settings = try Settings.read(version: "1", envFile: "a.env", disk: disk)
            return settings.warnings + settings.entries.map { "\($0)" }
        } catch {
            return error.problems.map { $0.description } + error.entries.map { "\($0)" }
        }
    }
}
