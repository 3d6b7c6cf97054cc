import JSON
import TestSupport
import Testing

@testable import Rendering

@Suite struct `A reply as deep as any that is read` {
    @Test func `is cut on the stack that every thread has`() async throws {
        let words = String(repeating: "word ", count: 500)
        let depth = JSON.Limits().depth
        let text =
            String(repeating: #"{"a":["#, count: depth / 2) + "\"\(words)\""
            + String(repeating: "]}", count: depth / 2)
        let (whole, cut, omissions) = await withCheckedContinuation { continuation in
            onThread {
                var truncator = Truncator(to: SizeLimits(items: 10, characters: 200))
                let whole = try? JSON(parsing: text)
                let short = whole.map { truncator.truncated($0).bytes.count }
                continuation.resume(returning: (whole?.bytes.count, short, truncator.omissions.entries.count))
            }
        }
        #expect(whole == text.utf8.count)
        #expect(try #require(cut) < text.utf8.count - 2000)
        #expect(omissions == 1)
    }
}
