import HTTP
import Testing

@testable import OvalEdge

@Suite struct `Kept replies` {
    private func question(_ number: Int) -> ReadQuestion {
        ReadQuestion(url: "https://acme.net/\(number)", body: [], changes: 0)
    }

    private func reply(_ size: Int = 2, _ status: HTTPStatus = .ok) -> HTTPResponse {
        HTTPResponse(status, text: String(repeating: "x", count: size), type: "application/json")
    }

    @Test(arguments: [(0.0, true), (29.9, true), (30, false), (-1, false)])
    func `live as long as is set, and none longer when the clock is set back`(_ age: Double, _ isThere: Bool) {
        var kept = KeptReplies(life: 30)
        kept.keep(reply(), of: question(1), asked: 1000, at: 1000)
        #expect((kept.reply(to: question(1), at: 1000 + age) != nil) == isThere)
        #expect(kept.count == (isThere ? 1 : 0))
        #expect((kept.bytes > 0) == isThere)
    }

    @Test func `are as old as their question`() {
        var kept = KeptReplies(life: 30)
        kept.keep(reply(), of: question(1), asked: 1000, at: 1020)
        #expect(kept.reply(to: question(1), at: 1029)?.asked == 1000)
        #expect(kept.reply(to: question(1), at: 1030) == nil)
        kept.keep(reply(), of: question(2), asked: 1000, at: 1030)
        #expect(kept.count == 0)
    }

    @Test func `are sixty-four at most, of which the oldest goes first`() {
        var kept = KeptReplies(life: 1000)
        for number in 0...KeptReplies.most {
            let now = Double(number)
            kept.keep(reply(), of: question(number), asked: now, at: now)
        }
        #expect(kept.count == KeptReplies.most)
        #expect(kept.reply(to: question(0), at: 65) == nil)
        #expect(kept.reply(to: question(1), at: 65) != nil)
    }

    @Test func `take one mebibyte at most, and each no more than that`() {
        var kept = KeptReplies(life: 1000)
        for number in 0..<5 {
            kept.keep(reply(300_000), of: question(number), asked: Double(number), at: 10)
        }
        #expect(kept.count == 3)
        #expect(kept.bytes <= KeptReplies.mostBytes)
        kept.keep(reply(KeptReplies.mostBytes), of: question(9), asked: 10, at: 10)
        #expect(kept.count == 3)
        #expect(kept.reply(to: question(9), at: 10) == nil)
    }

    @Test func `give way to a newer one, and count what they hold`() {
        var kept = KeptReplies(life: 1000)
        kept.keep(reply(500), of: question(1), asked: 1, at: 1)
        kept.keep(reply(100), of: question(1), asked: 2, at: 2)
        #expect(kept.bytes == 100 + question(1).size)
        kept.drop(question(1))
        #expect(kept.bytes == 0)
    }

    @Test func `give way to none that was asked for before them`() {
        var kept = KeptReplies(life: 1000)
        kept.keep(reply(100), of: question(1), asked: 5, at: 6)
        kept.keep(reply(500), of: question(1), asked: 4, at: 7)
        #expect(kept.reply(to: question(1), at: 8)?.asked == 5)
        #expect(kept.bytes == 100 + question(1).size)
    }

    @Test(arguments: [HTTPStatus.notFound, .tooManyRequests, .badGateway, HTTPStatus(302)])
    func `are never refusals`(_ status: HTTPStatus) {
        var kept = KeptReplies(life: 30)
        kept.keep(reply(2, status), of: question(1), asked: 1, at: 1)
        #expect(kept.count == 0)
    }
}
