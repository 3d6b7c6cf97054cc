import HTTP
import Testing

@testable import OvalEdge

@Suite struct `The response cache` {
    private func key(_ number: Int) -> CacheKey {
        CacheKey(url: "https://acme.net/\(number)", body: [], changes: 0)
    }

    private func reply(_ size: Int = 2, _ status: HTTPStatus = .ok) -> HTTPResponse {
        HTTPResponse(status, text: String(repeating: "x", count: size), type: "application/json")
    }

    @Test(arguments: [(0.0, true), (29.9, true), (30, false), (-1, false)])
    func `live as long as is set, and none longer when the clock is set back`(_ age: Double, _ isThere: Bool) {
        var cache = ResponseCache(ttl: 30)
        cache.store(reply(), for: key(1), asked: 1000, at: 1000)
        #expect((cache.reply(for: key(1), at: 1000 + age) != nil) == isThere)
        #expect(cache.count == (isThere ? 1 : 0))
        #expect((cache.bytes > 0) == isThere)
    }

    @Test func `are as old as their question`() {
        var cache = ResponseCache(ttl: 30)
        cache.store(reply(), for: key(1), asked: 1000, at: 1020)
        #expect(cache.reply(for: key(1), at: 1029)?.asked == 1000)
        #expect(cache.reply(for: key(1), at: 1030) == nil)
        cache.store(reply(), for: key(2), asked: 1000, at: 1030)
        #expect(cache.count == 0)
    }

    @Test func `are sixty-four at most, of which the oldest goes first`() {
        var cache = ResponseCache(ttl: 1000)
        for number in 0...ResponseCache.most {
            let now = Double(number)
            cache.store(reply(), for: key(number), asked: now, at: now)
        }
        #expect(cache.count == ResponseCache.most)
        #expect(cache.reply(for: key(0), at: 65) == nil)
        #expect(cache.reply(for: key(1), at: 65) != nil)
    }

    @Test func `take one mebibyte at most, and each no more than that`() {
        var cache = ResponseCache(ttl: 1000)
        for number in 0..<5 {
            cache.store(reply(300_000), for: key(number), asked: Double(number), at: 10)
        }
        #expect(cache.count == 3)
        #expect(cache.bytes <= ResponseCache.mostBytes)
        cache.store(reply(ResponseCache.mostBytes), for: key(9), asked: 10, at: 10)
        #expect(cache.count == 3)
        #expect(cache.reply(for: key(9), at: 10) == nil)
    }

    @Test func `give way to a newer one, and count what they hold`() {
        var cache = ResponseCache(ttl: 1000)
        cache.store(reply(500), for: key(1), asked: 1, at: 1)
        cache.store(reply(100), for: key(1), asked: 2, at: 2)
        #expect(cache.bytes == 100 + key(1).size)
        cache.remove(key(1))
        #expect(cache.bytes == 0)
    }

    @Test func `give way to none that was asked for before them`() {
        var cache = ResponseCache(ttl: 1000)
        cache.store(reply(100), for: key(1), asked: 5, at: 6)
        cache.store(reply(500), for: key(1), asked: 4, at: 7)
        #expect(cache.reply(for: key(1), at: 8)?.asked == 5)
        #expect(cache.bytes == 100 + key(1).size)
    }

    @Test(arguments: [HTTPStatus.notFound, .tooManyRequests, .badGateway, HTTPStatus(302)])
    func `are never refusals`(_ status: HTTPStatus) {
        var cache = ResponseCache(ttl: 30)
        cache.store(reply(2, status), for: key(1), asked: 1, at: 1)
        #expect(cache.count == 0)
    }
}
