import Settings

/// What all commands take that speak with a remote server.
extension CommandLineOption {
    static let header = CommandLineOption(
        "header",
        value: "'NAME: VALUE'",
        isRepeatable: true,
        "Send this header field with every request."
    )
    static let bearerFile = CommandLineOption("bearer-file", value: "FILE", "Send the token that is in this file.")
    static let timeout = CommandLineOption("timeout", value: "SECONDS", "How long nothing may be heard of a request.")
    static let era = CommandLineOption(
        "era",
        value: "auto|handshake|modern",
        "What to speak with it: handshake is up to 2025-11-25, modern from 2026-07-28 on."
    )
}
