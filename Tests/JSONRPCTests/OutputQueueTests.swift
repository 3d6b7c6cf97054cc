import Synchronization
import TestSupport
import Testing
import Threads

@testable import JSONRPC

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct `Lines to a descriptor` {
    @Test func `leave by their sender as far as a socket takes them, and then by one thread`() {
        let ends = Self.sockets()
        let threads = Counter()
        let queue = OutputQueue(descriptor: ends.ours, start: threads.start) {}
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 30_000)
        for _ in 1...3 { queue.append(line) }
        #expect(threads.count == 0)
        #expect(queue.unwritten.all == 0)
        while threads.count == 0 { queue.append(line) }
        #expect(queue.unwritten.all > 0)
        close(ends.theirs)
    }

    @Test func `all arrive, in order, through a socket that is read slowly`() async {
        let ends = Self.sockets()
        let queue = OutputQueue(descriptor: ends.ours) {}
        let lines = (1...500).map { [UInt8](repeating: UInt8(truncatingIfNeeded: $0 | 0x80), count: $0 * 40) }
        let written = Latch()
        for line in lines { queue.append(line) }
        queue.whenWritten { written.pass() }
        let expected = lines.flatMap { $0 + [UInt8(ascii: "\n")] }
        let read = await withCheckedContinuation { continuation in
            onThread { continuation.resume(returning: Self.read(expected.count, from: ends.theirs)) }
        }
        #expect(read == expected)
        await written.passed()
        #expect(queue.unwritten.all == 0)
    }

    @Test func `are given up when the other end of a socket has gone`() async {
        signal(SIGPIPE, SIG_IGN)
        let ends = Self.sockets()
        let gone = Latch()
        let queue = OutputQueue(descriptor: ends.ours) { gone.pass() }
        close(ends.theirs)
        queue.append([UInt8](repeating: 0, count: 10))
        await gone.passed()
        #expect(queue.isClosed)
        #expect(queue.unwritten.all == 0)
    }

    @Test(arguments: [true, false])
    func `leave although no thread can be started for them`(isSocket: Bool) async {
        let ends = isSocket ? Self.sockets() : Self.pipe()
        let queue = OutputQueue(descriptor: ends.ours, start: { _ in false }) {}
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 2 << 20)
        async let read = withCheckedContinuation { continuation in
            onThread { continuation.resume(returning: Self.read(line.count + 1, from: ends.theirs)) }
        }
        onThread { queue.append(line) }
        #expect(await read == line + [UInt8(ascii: "\n")])
    }

    private final class Counter: Sendable {
        private let value = Atomic(0)
        var count: Int { value.load(ordering: .relaxed) }

        @Sendable func start(_ body: @escaping @Sendable () -> Void) -> Bool {
            value.add(1, ordering: .relaxed)
            return Threads.start(body)
        }
    }

    private static func sockets() -> (ours: Int32, theirs: Int32) {
        var ends: [Int32] = [-1, -1]
        #if canImport(Glibc)
        socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends)
        #else
        socketpair(AF_UNIX, SOCK_STREAM, 0, &ends)
        #endif
        return (ends[0], ends[1])
    }

    private static func pipe() -> (ours: Int32, theirs: Int32) {
        let ends = Descriptors.wakePipe()
        for end in [ends.reading, ends.writing] { _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) & ~O_NONBLOCK) }
        return (ends.writing, ends.reading)
    }

    private static func read(_ count: Int, from descriptor: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1000)
        while bytes.count < count {
            let read = buffer.withUnsafeMutableBytes { Descriptors.read(descriptor, into: $0) }
            guard read > 0 else { break }
            bytes += buffer[..<read]
        }
        return bytes
    }
}
