import TestSupport
import Testing

extension TemporaryDirectory {
    /// What a file holds; empty where no such file is.
    func text(_ name: String) -> String { String(decoding: contents(name), as: UTF8.self) }

    /// Makes a program in the shell's words, and returns its path.
    ///
    /// Another process writes it: what is open for writing here would be so in each process that starts meanwhile, and
    /// the system starts no such file.
    @discardableResult
    func addProgram(_ name: String, _ script: String) throws -> String {
        let file = "\(path)/\(name)"
        let writer = "printf '#!/bin/sh\\n%s\\n' \"$1\" > \"$2\" && chmod 700 \"$2\""
        try #require(Process("/bin/sh", ["-c", writer, "sh", script, file]).wait() == 0)
        return file
    }
}
