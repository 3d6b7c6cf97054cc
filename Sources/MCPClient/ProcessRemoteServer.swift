package import Logging

/// An MCP server that is a program on this machine, and what holds for every session with it; each has a process of its own.
package struct ProcessRemoteServer: Sendable {
    /// A path, or a name that is looked up in `PATH`; no shell reads it.
    package var command: String
    package var arguments: [String]
    /// All that the process has as its environment.
    package var environment: [String: String]
    package var directory: String?
    package var era: EraPreference
    /// As those of ``HTTPRemoteServer``.
    package var timeout: Duration
    package var longest: Duration
    /// Of one line, in bytes.
    package var maxMessageBytes: Int
    package var log: Log
    /// How long a process may take to end after its input has, and then after the signal that asks for it.
    var patience = (input: Duration.seconds(1.8), signal: Duration.seconds(3))
    /// What ends it with this process.
    var children = ChildProcesses.all
    let known: KnownEra

    /// `pairs` are added to what of `inherited` a program needs to run at all: `PATH`, `HOME`, `LANG`, `TMPDIR`.
    package init(
        _ command: String,
        _ arguments: [String] = [],
        inherited: [String: String],
        pairs: [String: String] = [:],
        directory: String? = nil,
        era: EraPreference = .either,
        timeout: Duration = .seconds(30),
        longest: Duration? = nil,
        maxMessageBytes: Int = 32 << 20,
        log: Log = .none
    ) {
        self.command = command
        self.arguments = arguments
        environment = inherited.filter { ["PATH", "HOME", "LANG", "TMPDIR"].contains($0.key) }
        environment.merge(pairs) { $1 }
        self.directory = directory
        self.era = era
        self.timeout = timeout
        self.longest = longest ?? timeout * 10
        self.maxMessageBytes = maxMessageBytes
        self.log = log
        known = KnownEra()
    }

    /// A session whose process starts when it is opened, is started again when it ends unasked, and shows in `health` how that
    /// goes.
    package func session(
        for client: RemoteClient,
        events: any RemoteSessionEvents,
        health: ProcessHealth = ProcessHealth()
    ) -> any RemoteSession {
        let limits = CallLimits(silence: timeout, longest: longest)
        return ClientSession(for: client, limits: limits, events: events, log: log) { inbox in
            ProcessOpener(self, inbox, health)
        }
    }
}
