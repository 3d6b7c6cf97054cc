#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What the system says of this process, under the names that Prometheus's own clients use.
package enum ProcessFigures {
    private static let seconds = MetricFamily(
        "process_cpu_seconds_total",
        .counter,
        "Processor time of this process."
    )
    private static let start = MetricFamily(
        "process_start_time_seconds",
        .gauge,
        "When this process was started, in seconds since 1970."
    )
    private static let resident = MetricFamily("process_resident_memory_bytes", .gauge, "Memory in use.")
    private static let virtual = MetricFamily("process_virtual_memory_bytes", .gauge, "Memory that is mapped.")
    private static let open = MetricFamily("process_open_fds", .gauge, "Files and connections that are open.")
    private static let most = MetricFamily("process_max_fds", .gauge, "So many of them may be open.")

    package static let families = [seconds, start, resident, virtual, open, most]

    /// `startTime` is in seconds since 1970; what this system does not say is left out.
    package static func readings(startTime: Double) -> [Metrics.Reading] {
        let figures: [(MetricFamily, Int?)] = [
            (seconds, processorNanoseconds), (start, Int(startTime * 1e9)), (resident, memory?.resident),
            (virtual, memory?.virtual), (open, openFiles), (most, mostFiles),
        ]
        return figures.compactMap { family, figure in
            figure.map { (family, [MetricSample(labels: [], numbers: [$0])]) }
        }
    }

    private static var processorNanoseconds: Int? {
        var time = timespec()
        guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return nil }
        return Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
    }

    private static var mostFiles: Int? {
        var limit = rlimit()
        #if canImport(Glibc)
        let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
        let files = RLIMIT_NOFILE
        #endif
        return getrlimit(files, &limit) == 0 ? Int(clamping: limit.rlim_cur) : nil
    }

    private static var openFiles: Int? {
        guard let folder = opendir("/dev/fd") else { return nil }
        defer { closedir(folder) }
        var count = 0
        while let entry = readdir(folder) {
            // Names of descriptors are numbers; one of them is this folder's own.
            if entry.pointee.d_name.0 != CChar(UInt8(ascii: ".")) { count += 1 }
        }
        return max(count - 1, 0)
    }

    #if canImport(Glibc)
    /// The first two numbers of `statm` (proc(5)), in pages.
    private static var memory: (resident: Int, virtual: Int)? {
        let file = Glibc.open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 128)
        let count = read(file, &bytes, bytes.count)
        guard count > 0 else { return nil }
        let text = String(decoding: bytes[..<count], as: UTF8.self)
        let pages = text.split(separator: " ").prefix(2).compactMap { Int($0) }
        guard pages.count == 2 else { return nil }
        let size = sysconf(Int32(_SC_PAGESIZE))
        return (pages[1] * size, pages[0] * size)
    }
    #else
    private static var memory: (resident: Int, virtual: Int)? {
        var info = mach_task_basic_info()
        var count = mach_msg_type_number_t(MemoryLayout<mach_task_basic_info>.size / MemoryLayout<natural_t>.size)
        let result = withUnsafeMutablePointer(to: &info) { info in
            info.withMemoryRebound(to: integer_t.self, capacity: Int(count)) {
                task_info(mach_task_self_, task_flavor_t(MACH_TASK_BASIC_INFO), $0, &count)
            }
        }
        return result == KERN_SUCCESS ? (Int(info.resident_size), Int(info.virtual_size)) : nil
    }
    #endif
}
