import Clock
import Testing

@Suite struct `A time stamp` {
    @Test(arguments: [
        (0.0, "1970-01-01T00:00:00Z"), (951_782_399.9, "2000-02-28T23:59:59Z"), (951_782_400, "2000-02-29T00:00:00Z"),
        (4_107_542_400, "2100-03-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"), (1_785_240_000, "2026-07-28T12:00:00Z"),
        (1e19, "9999-12-31T23:59:59Z"), (.infinity, "9999-12-31T23:59:59Z"), (-1e300, "0000-01-01T00:00:00Z"),
        (.nan, "1970-01-01T00:00:00Z"),
    ])
    func `is the moment in UTC`(seconds: Double, text: String) {
        #expect(Timestamp.text(seconds) == text)
    }
}

@Suite struct `A whole number of what came from outside` {
    @Test(arguments: [
        (0.0, 0), (1.9, 1), (-1.9, -1), (1e18, 1_000_000_000_000_000_000), (9.3e18, .max), (-9.3e18, .min),
        (1e300, .max),
        (.infinity, .max), (-.infinity, .min), (.nan, 0), (9_223_372_036_854_775_808, .max),
    ])
    func `is the nearest there is`(number: Double, whole: Int) { #expect(Int(clamping: number) == whole) }
}
