import Testing

@testable import Threads

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct `A system without a thread to spare` {
    @Test func `loses no job`() async {
        let pool = WorkerPool(threads: 2) { _ in false }
        let task = Task(executorPreference: pool) {
            await withTaskGroup(of: Int.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        await Task.yield()
                        return number
                    }
                }
                return await group.reduce(0, +)
            }
        }
        #expect(await task.value == 99 * 50)
    }

    @Test func `uses the threads that can be had again`() async {
        let starts = Monitor(0)
        let pool = WorkerPool(threads: 2) { body in
            let isFirst = starts.withLock { starts in
                starts += 1
                return starts == 1
            }
            return isFirst ? false : Threads.start(body)
        }
        let caller = Threads.current
        #expect(await Task(executorPreference: pool) { Threads.current }.value == caller)
        #expect(await Task(executorPreference: pool) { Threads.current }.value != caller)
    }
}

@Suite struct `A thread that was started` {
    @Test func `has four mebibytes of stack at least, whatever the system's own figure`() {
        let size = Monitor<Int?>(nil)
        Threads.start {
            let own = Self.stackSize
            size.withLock { $0 = own }
            size.notify()
        }
        // The C library hands out the stack of a thread that has ended, which may be larger.
        #expect(size.wait { $0 } >= 4 << 20)
    }

    private static var stackSize: Int {
        #if canImport(Glibc)
        typealias Reader = @convention(c) (pthread_t, UnsafeMutablePointer<pthread_attr_t>) -> Int32
        var attributes = pthread_attr_t()
        var size = 0
        guard let reader = dlsym(nil, "pthread_getattr_np").map({ unsafeBitCast($0, to: Reader.self) }),
            reader(pthread_self(), &attributes) == 0
        else { return 0 }
        pthread_attr_getstacksize(&attributes, &size)
        pthread_attr_destroy(&attributes)
        return size
        #else
        return pthread_get_stacksize_np(pthread_self())
        #endif
    }
}

@Suite struct `A queue` {
    @Test func `gives back in order what came in, however much has gone through`() {
        var queue = Queue<Int>()
        for number in 0..<3000 { queue.append(number) }
        let first = (0..<2000).compactMap { _ in queue.popFirst() }
        for number in 3000..<3010 { queue.append(number) }
        #expect(queue.count == 1010)
        let rest = (0..<1010).compactMap { _ in queue.popFirst() }
        #expect(first + rest == Array(0..<3010))
        #expect(queue.popFirst() == nil)
    }
}
