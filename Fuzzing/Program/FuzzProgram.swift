import FuzzTargets

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Hands the bytes that libFuzzer makes up to the target that `FUZZ_TARGET` names; without one, names them all.
///
/// A variable and not an argument: libFuzzer owns the command line, and starts this program again by itself.
enum FuzzProgram {
    static func run() {
        var count = CommandLine.argc
        var arguments = CommandLine.unsafeArgv
        _ = target
        SingleThread.install()
        exit(
            LLVMFuzzerRunDriver(&count, &arguments) { start, count in
                FuzzProgram.check(Array(UnsafeBufferPointer(start: start, count: count)))
                return 0
            }
        )
    }

    private static let target: FuzzTarget = {
        let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
        if let target = FuzzTarget.all.first(where: { $0.name == name }) { return target }
        for target in FuzzTarget.all { puts(target.name) }
        exit(name.isEmpty ? 0 : 2)
    }()

    private static func check(_ bytes: [UInt8]) {
        let target = target
        SingleThread.run {
            do { try await target.check(bytes) } catch { fatalError("\(target.name): \(error)") }
        }
    }
}

@_silgen_name("LLVMFuzzerRunDriver")
private func LLVMFuzzerRunDriver(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ check: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32
