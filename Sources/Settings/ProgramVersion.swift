/// The version of both programs.
package enum ProgramVersion {
    package static let current = "0.1.0"
    /// The same for who reads the program's file instead of starting it.
    package static let stamp: StaticString = "this is oe-mcp, version 0.1.0"
    /// The day of this version, as manual pages write it.
    package static let date = "December 1, 2026"
}
