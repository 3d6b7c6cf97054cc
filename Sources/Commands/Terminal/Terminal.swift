#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What the terminal can show that a command writes to.
package enum Terminal {
    /// How many columns standard output has; nil where it is no terminal.
    package static var columns: Int? { columns(of: 1) }

    /// Whether text may be set off there: it is a terminal, and `NO_COLOR` does not ask for plain text.
    package static var hasStyles: Bool {
        let variables = Environment.variables
        return isatty(1) == 1 && variables["NO_COLOR", default: ""].isEmpty && variables["TERM"] != "dumb"
    }

    /// How many columns standard error has for a line that is replaced; nil where it cannot show one.
    static var columnsOfStatus: Int? { Environment.variables["TERM"] == "dumb" ? nil : columns(of: 2) }

    private static func columns(of descriptor: Int32) -> Int? {
        guard isatty(descriptor) == 1 else { return nil }
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}
