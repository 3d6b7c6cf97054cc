import Files

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What `--fix` does itself: nothing in it can lose what is not ours.
package enum Repair: Hashable, Sendable {
    /// Takes from a file of this user what its group and others may do with it.
    case closeFile(String)
    /// Removes files that only this program has made.
    case remove([String])
    /// Runs this program with these arguments, in its turn.
    case command([String])

    /// For the list that is shown before anything is done.
    package var about: String {
        switch self {
        case .closeFile(let path): "chmod 600 \(path)"
        case .remove(let paths): "remove \(paths.joined(separator: ", "))"
        case .command(let words): (["oe-mcp"] + words).joined(separator: " ")
        }
    }
}

extension Repair {
    private static func failed(_ what: String) -> FileError {
        FileError("\(what): \(String(cString: strerror(errno)))")
    }

    /// Throws what kept it from being done; `start` runs this program, and returns what it said where it failed.
    func carryOut(start: ([String]) -> String?) throws(FileError) {
        switch self {
        case .closeFile(let path):
            guard chmod(path, S_IRUSR | S_IWUSR) == 0 else { throw Self.failed("chmod") }
        case .remove(let paths):
            for path in paths where unlink(path) != 0 && errno != ENOENT { throw Self.failed("remove") }
        case .command(let words):
            if let fault = start(words) { throw FileError(fault) }
        }
    }
}
