import JSON
import TestSupport
import Testing

@Suite struct `A value as deep as any that is read` {
    @Test func `fits on the stack of every thread that works on it`() async throws {
        let depth = JSON.Limits().depth - 1
        let open = String(repeating: #"{"a":["#, count: depth / 2)
        let text = open + "1" + String(repeating: "]}", count: depth / 2)
        let isWhole = await withCheckedContinuation { continuation in
            onThread { continuation.resume(returning: Self.survives(Array(text.utf8))) }
        }
        #expect(isWhole)
    }

    /// Everything that goes down to the bottom of a value, the freeing of its memory included.
    private static func survives(_ bytes: [UInt8]) -> Bool {
        guard let value = try? JSON(parsing: bytes), let other = try? JSON(parsing: bytes) else { return false }
        return value == other && value.hashValue == other.hashValue && value.canonical.bytes == bytes
            && !value.prettyText.isEmpty && "\(value)".count > bytes.count
    }
}
