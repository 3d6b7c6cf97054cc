import Commands
import HTTP

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Opens an address in the browser of the person at this machine, without a shell, and with none of our pipes.
enum BrowserLauncher {
    /// False where there seems to be no browser; whether one has opened the page is not known.
    static func open(_ address: String) -> Bool {
        guard URLText(address) != nil else { return false }
        return commands(for: address, Environment.variables).contains { started($0) }
    }

    /// The commands to try: those of `BROWSER`, else the system's own.
    static func commands(for address: String, _ variables: [String: String]) -> [[String]] {
        let own = variables["BROWSER"].map { $0.split(separator: ":").map { String($0) } } ?? []
        if !own.isEmpty { return own.map { words(of: $0, address) }.filter { !$0.isEmpty } }
        #if canImport(Darwin)
        return [["/usr/bin/open", address]]
        #else
        let hasScreen = ["DISPLAY", "WAYLAND_DISPLAY"].contains { variables[$0].map { !$0.isEmpty } ?? false }
        return hasScreen ? [["xdg-open", address]] : []
        #endif
    }

    /// `%s` stands for the address, which comes last where it is not there.
    private static func words(of command: String, _ address: String) -> [String] {
        let words = command.split(separator: " ").map { String($0) }
        return words.contains("%s") ? words.map { $0 == "%s" ? address : $0 } : words.isEmpty ? [] : words + [address]
    }

    private static func started(_ words: [String]) -> Bool {
        #if canImport(Glibc)
        var (actions, attributes) = (posix_spawn_file_actions_t(), posix_spawnattr_t())
        #else
        var (actions, attributes): (posix_spawn_file_actions_t?, posix_spawnattr_t?) = (nil, nil)
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        for descriptor in Int32(0)...2 {
            posix_spawn_file_actions_addopen(
                &actions,
                descriptor,
                "/dev/null",
                descriptor == 0 ? O_RDONLY : O_WRONLY,
                0
            )
        }
        // A group of its own: what ends this program does not end the browser.
        // And the usual signals: threads of ours hold all of them back.
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        // Libraries leave open what they have opened; nothing else is started here.
        for descriptor in Int32(3)..<1024 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        posix_spawnattr_setflags(&attributes, Int16(flags))
        var arguments = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process = pid_t()
        return posix_spawnp(&process, words[0], &actions, &attributes, &arguments, environ) == 0
    }
}
