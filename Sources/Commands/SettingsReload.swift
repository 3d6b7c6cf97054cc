import Logging
package import MCP
import OvalEdgeTools
package import Settings

/// What SIGHUP asks for: the settings are read again, and what they say of tools holds from then on.
package struct SettingsReload: Sendable {
    private let line: ParsedCommandLine
    private let wiring: Wiring
    private let server: Server
    private var settings: Settings { wiring.settings }
    private var log: Log { wiring.log }

    /// The settings of `wiring`, with which the program was started, hold for all else as long as it runs.
    package init(_ line: ParsedCommandLine, _ wiring: Wiring, _ server: Server) {
        self.line = line
        self.wiring = wiring
        self.server = server
    }

    package func run() {
        do {
            take(try Environment.settings(line))
        } catch {
            log.error("SIGHUP: reload failed, keeping the current settings. \(error)")
        }
    }

    private func take(_ new: Settings) {
        wiring.warn(
            of: new.warnings.filter { !settings.warnings.contains($0) },
            new.trustWarnings.filter { !settings.trustWarnings.contains($0) }
        )
        let others = new.differences(from: settings)
        if !others.isEmpty {
            log.warning("SIGHUP: \(others.joined(separator: ", ")) changed. Restart oe-mcp to apply them.")
        }
        // Prompts and guides follow from the tools.
        if wiring.access.change(allowing: new.writeFamilies, confirmBy: new.confirmBy, to: new.tools.allows) {
            server.changed([.tools, .prompts, .resources])
        }
        log.info("SIGHUP: settings read again", ("tools", String(wiring.access.tools.count)))
    }
}
