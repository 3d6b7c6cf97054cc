import ClientConfiguration
import Clock
import Files
import Text

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A process of this user that runs this program.
struct OwnProcess: Hashable, Sendable {
    let id: Int
    let parent: Int
    /// What its parent is called.
    let parentName: String
    /// Without the name of the program; nil where the system does not say.
    let arguments: [String]?
    /// The program, as it was started.
    let path: String?
    /// In seconds since 1970.
    let start: Double

    static let name = "oe-mcp"
}

#if canImport(Glibc)
extension OwnProcess {
    /// All but this one and those that it has started; `folder` is where the kernel lists processes.
    static func all(in folder: String = "/proc", now: Double = SystemClock.secondsSince1970()) -> [OwnProcess] {
        let own = Int(getpid())
        return Machine.names(in: folder).compactMap { Int($0) }.sorted().compactMap { id in
            guard id != own, let process = OwnProcess(id, in: folder, now: now), process.parent != own else {
                return nil
            }
            return process
        }
    }

    /// The kernel gives no more of a process whose memory is closed than what is looked at here.
    private init?(_ id: Int, in folder: String, now: Double) {
        let place = "\(folder)/\(id)"
        guard Self.text("\(place)/comm")?.trimmed == Self.name, let status = Self.text("\(place)/status"),
            Self.number(status, "Uid:") == Int(geteuid()), let parent = Self.number(status, "PPid:"),
            let stat = Self.text("\(place)/stat"), let uptime = Self.text("\(folder)/uptime")
        else { return nil }
        let words = (Self.text("\(place)/cmdline") ?? "").split(separator: "\0", omittingEmptySubsequences: false)
            .dropLast().map { String($0) }
        self.id = id
        self.parent = parent
        parentName = Self.text("\(folder)/\(parent)/comm")?.trimmed ?? ""
        arguments = Array(words.dropFirst())
        path = words.first
        // The name is in parentheses, and may hold blanks.
        let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
        let ticks = fields.count > 20 ? Double(fields[20]) ?? 0 : 0
        let up = uptime.split(separator: " ").first.flatMap { Double($0) } ?? 0
        start = now - (up - ticks / Double(sysconf(Int32(_SC_CLK_TCK))))
    }

    private static func text(_ path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 14)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    /// The first number behind `name` at the beginning of a line.
    private static func number(_ text: String, _ name: String) -> Int? {
        text.split(separator: "\n").first { $0.hasPrefix(name) }?
            .dropFirst(name.utf8.count).split(whereSeparator: { $0.isWhitespace }).first.flatMap { Int($0) }
    }
}
#else
extension OwnProcess {
    static func all() -> [OwnProcess] {
        var numbers = [pid_t](repeating: 0, count: 8192)
        let count = proc_listallpids(&numbers, Int32(numbers.count * MemoryLayout<pid_t>.size))
        return numbers.prefix(max(Int(count), 0)).compactMap { number in
            guard number != getpid(), let process = OwnProcess(number), process.parent != Int(getpid()) else {
                return nil
            }
            return process
        }
    }

    private init?(_ number: pid_t) {
        var info = proc_bsdinfo()
        let size = Int32(MemoryLayout<proc_bsdinfo>.size)
        guard proc_pidinfo(number, PROC_PIDTBSDINFO, 0, &info, size) == size, info.pbi_uid == geteuid(),
            Self.name(of: number) == Self.name
        else { return nil }
        id = Int(number)
        parent = Int(info.pbi_ppid)
        parentName = Self.name(of: pid_t(info.pbi_ppid))
        arguments = nil
        var path = [CChar](repeating: 0, count: 4 * Int(MAXPATHLEN))
        self.path = proc_pidpath(number, &path, UInt32(path.count)) > 0 ? Self.text(path) : nil
        start = Double(info.pbi_start_tvsec)
    }

    private static func name(of number: pid_t) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        return proc_name(number, &buffer, 256) > 0 ? text(buffer) : ""
    }

    private static func text(_ buffer: [CChar]) -> String {
        String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
#endif
