import CSystem
import ClientConfiguration
import Clock
import Commands
import Settings
import Telemetry
import Text

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension Machine {
    /// The machine of this process; `project` is a folder, this one unless it is named.
    static func current(project: String? = nil) -> Machine {
        #if canImport(Darwin)
        let system = System.macOS
        #else
        let system = System.linux
        #endif
        return Machine(
            system: system,
            home: Environment.home,
            variables: Environment.variables,
            project: absolute(project ?? "."),
            kind: { kind(of: $0) },
            names: { names(in: $0) }
        )
    }

    /// A link counts as what it leads to, and one that leads nowhere as a file.
    static func kind(of path: String) -> Kind {
        var status = stat()
        guard stat(path, &status) == 0 else { return lstat(path, &status) == 0 ? .file : .nothing }
        return status.st_mode & S_IFMT == S_IFDIR ? .folder : .file
    }

    static func names(in folder: String) -> [String] {
        guard let listing = opendir(folder) else { return [] }
        defer { closedir(listing) }
        var names: [String] = []
        while let entry = readdir(listing) {
            names.append(
                withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
            )
        }
        return names
    }

    /// From the root, without `.` and `..` where that follows from the text alone; links stay.
    static func absolute(_ path: String) -> String {
        let here = getcwd(nil, 0).map { pointer in
            defer { free(pointer) }
            return String(cString: pointer)
        }
        let whole = path.first == "/" ? path : "\(here ?? "")/\(path)"
        var parts: [Substring] = []
        for part in whole.split(separator: "/") where part != "." {
            if part == "..", parts.last != nil { parts.removeLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    static func isExecutable(_ path: String) -> Bool { kind(of: path) == .file && access(path, X_OK) == 0 }

    /// What is behind all links; the path itself where nothing is.
    static func real(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    /// Whether a process of this user has one of these names.
    static func runs(_ processes: [String]) -> Bool {
        guard !processes.isEmpty else { return false }
        #if canImport(Darwin)
        var numbers = [pid_t](repeating: 0, count: 8192)
        let count = proc_listallpids(&numbers, Int32(numbers.count * MemoryLayout<pid_t>.size))
        return numbers.prefix(max(Int(count), 0)).contains { number in
            var buffer = [CChar](repeating: 0, count: 256)
            guard proc_name(number, &buffer, 256) > 0 else { return false }
            return processes.contains(
                String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            )
        }
        #else
        return names(in: "/proc").filter { Int($0) != nil }.contains { number in
            var status = stat()
            guard stat("/proc/\(number)", &status) == 0, status.st_uid == geteuid(),
                let file = fopen("/proc/\(number)/comm", "r")
            else { return false }
            defer { fclose(file) }
            var buffer = [CChar](repeating: 0, count: 64)
            guard fgets(&buffer, Int32(buffer.count), file) != nil else { return false }
            let name = String(
                decoding: buffer.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) },
                as: UTF8.self
            )
            return processes.contains(name)
        }
        #endif
    }
}

/// This program as a person calls it: what clients are to start.
enum ThisProgram {
    /// Without resolving links: one in `/usr/local/bin` stays when what it leads to is replaced.
    static var path: String {
        let typed = oe_argument(0).map { String(cString: $0) } ?? ""
        if typed.contains("/") { return Machine.absolute(typed) }
        return Machine.current().program(typed) ?? Machine.real("/proc/self/exe")
    }

    /// Why it may not be there tomorrow; nil where nothing says so.
    static var warning: String? {
        passingFolder.map {
            "\(path) is in a folder named \($0), where programs do not stay. Move it to a folder of its own, and install from there."
        }
    }

    /// The name of a folder above it in which programs do not stay; nil where no such folder is.
    static var passingFolder: String? {
        let passing = [".build", "tmp", "Downloads", "DerivedData", "Cellar", ".cache"]
        return path.split(separator: "/").map { String($0) }.first { passing.contains($0) }
    }
}

extension SeenClients {
    static var ofThisUser: SeenClients { SeenClients(Environment.stateFolder + "/seen") }
}

extension InstallStore {
    static var ofThisUser: InstallStore {
        InstallStore(
            backups: Machine.current().configuration + "/oe-mcp/backups",
            notes: Environment.stateFolder + "/clients"
        )
    }

    /// For the name of a copy: the time, so that names sort by it.
    static var stamp: String { stamp(SystemClock.secondsSince1970()) }

    static func stamp(_ now: Double) -> String {
        let micros = String(Int(now * 1_000_000) % 1_000_000)
        let second = Timestamp.text(now).filter { $0.isNumber || $0 == "T" }
        return "\(second).\(String(repeating: "0", count: 6 - micros.count))\(micros)Z"
    }
}
