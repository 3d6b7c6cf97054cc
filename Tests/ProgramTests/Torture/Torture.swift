#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// How much of it: enough to notice what breaks, or the long rest that `scripts/soak` asks for.
enum Torture {
    static let isLong = getenv("SOAK") != nil
}
