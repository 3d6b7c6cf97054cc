import Commands
import Logging
import Settings
import Text

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What stays on a machine when no client starts this program any more, and the command that removes it.
enum KeptFolders {
    /// Shows those that exist, and removes nothing.
    static func show() {
        for line in lines(Environment.keptFolders, program: ThisProgram.path, home: Environment.home) {
            StandardOutput.write(VisibleText.line(line))
        }
    }

    /// A program that lies in the person's own folders is theirs to remove; others came with a package.
    static func lines(_ folders: [(path: String, about: String)], program: String, home: String) -> [String] {
        let kept = folders.filter { access($0.path, F_OK) == 0 }
        let isOwn = program.hasPrefix(home + "/") && access(program, F_OK) == 0
        guard !kept.isEmpty || isOwn else { return [] }
        let rows = kept + (isOwn ? [(path: program, about: "this program")] : [])
        let width = rows.map { $0.path.count }.max() ?? 0
        let table = rows.map { row in
            "  \(row.path)\(String(repeating: " ", count: width - row.path.count))  \(row.about)"
        }
        let words = rows.map { Shell.quoted($0.path) }.joined(separator: " ")
        return ["Still on this machine:"] + table + [
            "To remove all of it, the settings and the audit log, too:", "  rm -r \(words)",
        ]
    }
}
