package import Logging

/// How answers are written.
package struct AnswerSettings: Sendable {
    package let timeZone: String?
    package let linkBaseURL: String?
    package let prefersLocalhost: Bool
    package let tokens: Int

    init(_ reader: inout SettingsReader) {
        reader.section("Answers")
        let zone: TimeZoneName? = reader.read(
            "OVALEDGE_CLIENT_TIMEZONE",
            "Time zone of dates in answers; that of this machine when left out.",
            example: "Europe/Berlin"
        )
        timeZone = zone?.text
        let address: WebAddress? = reader.read(
            "OVALEDGE_LINK_BASE_URL",
            "Address that links in answers begin with; OVALEDGE_BASE_URL when left out.",
            example: "https://catalog.example.com/ovaledge"
        )
        linkBaseURL = address?.text
        prefersLocalhost = reader.read(
            "OVALEDGE_PREFER_LOCALHOST_LINKS",
            "Write localhost for 127.0.0.1 in links.",
            default: true
        )
        tokens = reader.read(
            "OVALEDGE_ANSWER_TOKENS",
            "Approximate maximum size of an answer in tokens; a longer one is truncated and says what is missing.",
            in: 1_000...1_000_000,
            default: 8_000
        )
    }
}

/// What clients and operators see of this program.
package struct ServerSettings: Sendable {
    static let logLevel = "LOG_LEVEL"

    package let name: String
    package let version: String
    package let logLevel: Log.Level
    package let logFormat: LogFormat
    package let logFile: LogFileSettings?
    package let maxLineBytes: Int

    init(_ reader: inout SettingsReader, version programVersion: String) {
        reader.section("This program")
        name = reader.read("MCP_SERVER_NAME", "Name that clients show.", default: "OvalEdge MCP Server")
        version = reader.read(
            "MCP_SERVER_VERSION",
            "Version that clients show.",
            default: programVersion,
            saying: "the program's own"
        )
        maxLineBytes = reader.read(
            "MCP_MAX_LINE_BYTES",
            "Maximum size of a message from a client, in bytes.",
            in: 65_536...1_073_741_824,
            default: 16_777_216
        )
        logLevel = reader.read(
            Self.logLevel,
            "Log level; the log is written to standard error. Read again on SIGHUP.",
            default: .info
        )
        logFormat = reader.read(
            "LOG_FORMAT",
            "How a line of the log is written: text for people, json for programs that collect logs.",
            default: .text
        )
        logFile = LogFileSettings(&reader)
    }
}

/// The file that has the log, too.
package struct LogFileSettings: Sendable {
    package let path: String
    package let maxBytes: Int
    /// How many full ones are kept.
    package let kept: Int

    /// Nil where no file is set.
    init?(_ reader: inout SettingsReader) {
        let path: FolderPath? = reader.read(
            "LOG_FILE",
            "File that has the log as well; a directory of its own keeps it from others.",
            example: "/var/log/oe-mcp/oe-mcp.log"
        )
        maxBytes = reader.read(
            "LOG_FILE_MAX_BYTES",
            "Size at which the log file is rotated to LOG_FILE.1, in bytes.",
            in: 65_536...1_073_741_824,
            default: 10_485_760
        )
        kept = reader.read(
            "LOG_FILE_KEEP",
            "How many rotated log files are kept.",
            in: 0...1_000,
            default: 5
        )
        guard let path else { return nil }
        self.path = path.text
    }
}
