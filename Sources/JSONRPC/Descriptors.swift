import CSystem

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Reading and writing of descriptors, with the interruptions that POSIX allows taken care of.
enum Descriptors {
    /// The number of bytes read, 0 at the end of the input, negative when it is broken.
    static func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        while true {
            #if canImport(Glibc)
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            #else
            let count = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
            #endif
            if count >= 0 { return count }
            if errno == EAGAIN { wait(for: descriptor, Int16(POLLIN)) } else if errno != EINTR { return count }
        }
    }

    /// False when the other side has gone; waits as long as it does not read.
    static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let chunk = UnsafeRawBufferPointer(rebasing: rest)
            #if canImport(Glibc)
            let count = Glibc.write(descriptor, chunk.baseAddress, chunk.count)
            #else
            let count = Darwin.write(descriptor, chunk.baseAddress, chunk.count)
            #endif
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                // The other holder of this pipe may have made it non-blocking.
                wait(for: descriptor, Int16(POLLOUT))
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }

    static func isSocket(_ descriptor: Int32) -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
    }

    /// How many bytes a socket takes without making the writer wait; nil when the other side has gone.
    static func sendNow(_ bytes: UnsafeRawBufferPointer, to socket: Int32) -> Int? {
        while true {
            let count = send(socket, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT))
            if count >= 0 { return count }
            if errno == EAGAIN { return 0 }
            if errno != EINTR { return nil }
        }
    }

    static func wait(for descriptor: Int32, _ events: Int16) {
        var entry = pollfd(fd: descriptor, events: events, revents: 0)
        poll(&entry, 1, -1)
    }

    /// A copy of `descriptor` that no child inherits, or -1.
    static func privateCopy(of descriptor: Int32) -> Int32 { fcntl(descriptor, F_DUPFD_CLOEXEC, 3) }

    /// Both ends of a pipe that no child inherits and that never blocks.
    static func wakePipe() -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return (-1, -1) }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK)
        }
        return (ends[0], ends[1])
    }

    /// Becomes readable when the parent of this process ends; -1 when it has no parent to watch.
    static func parentProcess() -> Int32 {
        let parent = getppid()
        return parent > 1 ? oe_process_descriptor(parent) : -1
    }
}
