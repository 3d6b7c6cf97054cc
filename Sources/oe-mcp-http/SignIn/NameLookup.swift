import Clock
import Synchronization
import Threads

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The addresses of a host as the system knows them, each in numbers.
enum NameLookup {
    /// Empty for an unknown host, and where the system takes longer than a document may.
    static func addresses(of host: String) async -> [String] {
        let answer = Answer()
        return await withCheckedContinuation { continuation in
            answer.wait(continuation)
            Threads.start { answer.give(found(host)) }
            Task(executorPreference: WorkerPool.shared) {
                try? await SystemClock.sleep(for: .seconds(4))
                answer.give([])
            }
        }
    }

    /// The first answer counts.
    private final class Answer: Sendable {
        private let continuation = Mutex<CheckedContinuation<[String], Never>?>(nil)

        func wait(_ waiting: CheckedContinuation<[String], Never>) { continuation.withLock { $0 = waiting } }

        func give(_ addresses: [String]) { continuation.withLock { $0.take() }?.resume(returning: addresses) }
    }

    private static func found(_ host: String) -> [String] {
        var hints = addrinfo()
        #if canImport(Glibc)
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
        hints.ai_socktype = SOCK_STREAM
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var texts: [String] = []
        var next = list
        while let entry = next?.pointee {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            if getnameinfo(entry.ai_addr, entry.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0 {
                texts.append(String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
            }
            next = entry.ai_next
        }
        return texts
    }
}
