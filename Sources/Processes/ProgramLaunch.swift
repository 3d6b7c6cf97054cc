import CSystem

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A program as it is started: without a shell or a terminal, in a process group of its own, and with three descriptors.
package struct ProgramLaunch: Sendable {
    private let path: String
    /// The name by which it is called, and its arguments.
    private let words: [String]
    private let environment: [String: String]
    private let directory: String?

    /// It is called `name`, or by its path where that is nil, and runs in the directory, or in that of the caller.
    package init(
        _ path: String,
        _ arguments: [String],
        named name: String? = nil,
        environment: [String: String],
        directory: String? = nil
    ) {
        self.path = path
        words = [name ?? path] + arguments
        self.environment = environment
        self.directory = directory
    }

    /// Returns the number of the process, or the negative number of the error.
    package func start(input: Int32, output: Int32, errors: Int32) -> Int32 {
        var words = words.map { strdup($0) } + [nil]
        var variables = environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        return oe_start_process(path, &words, &variables, directory, input, output, errors)
    }
}
