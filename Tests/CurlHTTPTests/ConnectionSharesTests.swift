import Testing

@testable import CurlHTTP

@Suite struct `A share of the connections` {
    /// How many requests `share` begins before one has to wait.
    private static func begin(_ share: String, in shares: inout ConnectionShares<Int>) -> Int {
        var count = 0
        while shares.admits(share), count < 100_000 {
            shares.began(share)
            count += 1
        }
        return count
    }

    @Test(arguments: [(1, 1), (2, 1), (5, 4), (10, 8), (100, 80)])
    func `is most of them for one who comes alone, but never the last`(_ most: Int, _ share: Int) {
        var shares = ConnectionShares<Int>(most)
        #expect(Self.begin("a", in: &shares) == share)
    }

    @Test func `is there for everyone who has none`() {
        var shares = ConnectionShares<Int>(20)
        let begun = (0..<10).map { Self.begin("\($0)", in: &shares) }
        #expect(begun.allSatisfy { $0 > 0 })
        #expect(begun[0] > begun[1])
    }

    @Test func `is not needed by what belongs to no one`() {
        var shares = ConnectionShares<Int>(2)
        for _ in 0..<9 { shares.began(nil) }
        #expect(shares.admits(nil) && shares.admits("a"))
        var unlimited = ConnectionShares<Int>(nil)
        for _ in 0..<1000 { unlimited.began("a") }
        #expect(unlimited.admits("a"))
    }

    @Test func `goes to those who wait in turn, and to each in order`() {
        var shares = ConnectionShares<Int>(6)
        #expect(Self.begin("a", in: &shares) == 4 && Self.begin("b", in: &shares) == 1)
        for number in 0..<3 { shares.hold(number, for: "a") }
        for number in 10..<13 { shares.hold(number, for: "b") }
        #expect(!shares.admits("a") && shares.next() == nil)
        var order: [Int] = []
        for _ in 0..<3 {
            shares.ended("a")
            shares.ended("b")
            while let request = shares.next() {
                order.append(request)
                shares.began(request < 10 ? "a" : "b")
            }
        }
        #expect(order == [0, 10, 1, 11, 2, 12])
    }

    @Test func `is given back by one who waits no longer`() {
        var shares = ConnectionShares<Int>(2)
        shares.began("a")
        for number in 0..<2 { shares.hold(number, for: "a") }
        shares.drop("a") { $0 == 0 }
        shares.ended("a")
        #expect(shares.next() == 1 && shares.next() == nil)
        shares.hold(2, for: "a")
        shares.drop("a") { $0 == 2 }
        #expect(shares.admits("a") && shares.takeAll().isEmpty)
    }

    @Test func `is larger where a connection carries many requests`() {
        var shares = ConnectionShares<Int>(2)
        #expect(Self.begin("a", in: &shares) == 1)
        shares.isMultiplexed = true
        #expect(Self.begin("a", in: &shares) > 100)
    }
}
