import Logging
package import MCP
import OvalEdgeTools
package import Settings

/// What SIGHUP asks for: the settings are read again, and what they say of tools holds from then on.
package struct SettingsReload: Sendable {
    private let line: ParsedCommandLine
    private let wiring: Wiring
    private let server: Server
    private let listens: Bool
    private let others: @Sendable (Settings) -> Void
    private var settings: Settings { wiring.settings }
    private var log: Log { wiring.log }

    /// The settings of `wiring`, with which the program was started, hold for all else as long as it runs.
    ///
    /// `listens` is true for a program that opens a port, and `others` gets the new settings for what else it changes.
    package init(
        _ line: ParsedCommandLine,
        _ wiring: Wiring,
        _ server: Server,
        listens: Bool = false,
        others: @escaping @Sendable (Settings) -> Void = { _ in }
    ) {
        self.line = line
        self.listens = listens
        self.others = others
        self.wiring = wiring
        self.server = server
    }

    package func run() {
        do {
            take(try Environment.settings(line, listens: listens))
        } catch {
            log.error("SIGHUP: reload failed, keeping the current settings. \(error)")
        }
    }

    private func take(_ new: Settings) {
        wiring.warn(
            of: new.warnings.filter { !settings.warnings.contains($0) },
            new.trustWarnings.filter { !settings.trustWarnings.contains($0) }
        )
        let fixed = new.differences(from: settings, listens: listens)
        if !fixed.isEmpty {
            log.warning("SIGHUP: \(fixed.joined(separator: ", ")) changed. Restart \(line.program) to apply them.")
        }
        // Prompts and guides follow from the tools.
        if wiring.access.change(allowing: new.writeFamilies, confirmBy: new.confirmBy, to: new.tools.allows) {
            server.changed([.tools, .prompts, .resources])
        }
        others(new)
        log.write(from: new.server.logLevel)
        log.info("SIGHUP: settings read again", ("tools", String(wiring.access.tools.count)))
    }
}
