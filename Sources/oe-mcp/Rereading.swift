import Logging
import MCP
import OvalEdgeTools
import Settings

/// What SIGHUP asks for: the settings are read again, and what they say of tools holds from then on.
struct Rereading: Sendable {
    private let line: ParsedCommandLine
    private let settings: Settings
    private let offer: ToolOffer
    private let server: Server
    private let log: Log

    /// `settings` are those the program was started with, which hold for all else as long as it runs.
    init(_ line: ParsedCommandLine, _ settings: Settings, _ offer: ToolOffer, _ server: Server, _ log: Log) {
        self.line = line
        self.settings = settings
        self.offer = offer
        self.server = server
        self.log = log
    }

    func run() {
        do {
            take(try Environment.settings(line))
        } catch {
            log.warning("SIGHUP: everything stays as it is. \(error)")
        }
    }

    private func take(_ new: Settings) {
        for warning in new.warnings where !settings.warnings.contains(warning) { log.warning(warning) }
        let others = new.differences(from: settings)
        if !others.isEmpty {
            log.warning("SIGHUP: \(others.joined(separator: ", ")) changed. Start oe-mcp again to use what is new.")
        }
        // Prompts and guides follow from the tools.
        if offer.change(allowing: new.writeFamilies, to: new.tools.allows) {
            server.changed([.tools, .prompts, .resources])
        }
        log.info("SIGHUP: settings read again", ("tools", String(offer.tools.count)))
    }
}
